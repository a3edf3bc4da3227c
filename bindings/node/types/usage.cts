// The same types by `require`.

import domain = require('resetd-domain')

export const canonical: string = new domain.EmailAddress('jan@example.com').canonical
