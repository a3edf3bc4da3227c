//! The four rules of `resetd-domain` as functions of Node-API. The classes that people use are in `index.cjs`: an object
//! that JavaScript makes is cheaper than one made from here, and its private fields are JavaScript's own.

mod email;
mod others;
mod refusal;
