// SPDX-License-Identifier: MIT
// Which representation of an entry is sent to whom (RFC 9110 12.1, proactive negotiation).
#pragma once

#include "http/message.h"
#include "site/site.h"

namespace cloister::site {

// Of those that the client takes the most wanted one, of equals the shortest; null if it takes none
// of them. The entry has at least one.
const Variant* negotiate(const Site& site, const Entry& entry, const http::Request& request);

// The representation of which parts are sent: the one that is not coded. Null if there is none, or
// the client does not take it.
const Variant* uncoded(const Site& site, const Entry& entry, const http::Request& request);

}  // namespace cloister::site
