// SPDX-License-Identifier: MIT
// Who answers what: the server's own paths and the ACME board, then the site, then the routes, then
// "not found".
#pragma once

#include <cstdint>
#include <string>

#include "acme/board.h"
#include "base/log.h"
#include "http/message.h"
#include "program.h"
#include "site/site.h"

namespace cloister {

// The handler of the public sockets. `site` and `routes` may be null; all three outlive the
// handler. Why a route failed goes to the log, never to the client.
http::Handler make_handler(const site::Site* site, const Routes* routes, const base::Log& log);

// The same for a server that has neither: the welcome page. `confinement` is read anew for each
// request; it outlives the handler and is not changed while the server runs.
http::Handler make_welcome_handler(const std::string& confinement);

// Answers an ACME http-01 challenge that is on `board` (RFC 8555 8.3), and lets `below` answer
// everything else, such as a challenge that lies in the site. The board outlives the handler.
http::Handler make_challenge_handler(const acme::Board& board, const http::Handler& below);

// The handler of plain sockets when everybody is to use TLS: sends a request to the same place at
// `port` of https, by 308 (RFC 9110 15.4.9), but lets `below` answer what must work without a
// certificate: ACME's http-01 challenges (RFC 8555 8.3), health, and what belongs to no place.
http::Handler make_redirect_handler(std::uint16_t port, const http::Handler& below);

// The handler of the admin socket: health, and nothing of the site.
http::Handler make_admin_handler();

}  // namespace cloister
