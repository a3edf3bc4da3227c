// The suite of the port.
