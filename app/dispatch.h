// SPDX-License-Identifier: MIT
// Who answers what: the server's own paths, then the site, then the routes, then "not found".
#pragma once

#include "base/log.h"
#include "cloister.h"
#include "http/message.h"
#include "site/site.h"

namespace cloister {

// The handler of the public sockets. `site` and `app` may be null; all three outlive the handler.
// Why a route failed goes to the log, never to the client.
http::Handler make_handler(const site::Site* site, App* app, const base::Log& log);

// The handler of the admin socket: health, and nothing of the site.
http::Handler make_admin_handler();

}  // namespace cloister
