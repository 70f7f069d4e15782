// SPDX-License-Identifier: MIT
// What a C++ developer writes routes with: an httplib::Server that never touches a socket. Sessions
// have read and validated the request; HTTP/1.1, TLS and HTTP/2 look the same to a handler.
#pragma once

#include <httplib.h>

#include <exception>

#include "http/message.h"
#include "routes/outcome.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error \
    "compile with pkg-config --cflags cpp-httplib, or Request has another layout than its library"
#endif

namespace cloister::routes {

// Register everything before cloister::run(); afterwards handlers run on several threads at once,
// inside the sandbox. Get, Post, Put, Patch, Delete, Options, set_error_handler,
// set_pre_routing_handler, set_default_headers and set_payload_max_length are httplib::Server's own
// and mean what its manual says. Requests for HEAD go to Get.
class App : public httplib::Server {
  public:
    App();

    // Lets handlers have multipart/form-data, read by cpp-httplib's parser; else such a request is
    // answered 415.
    App& allow_multipart(bool allowed);

    // As in httplib::Server, whose own App needs itself: call them on an App, not an
    // httplib::Server&. The logger is called by several threads at once. Without an exception
    // handler, or if it sets no status, an exception is a 500 that tells the client nothing.
    App& set_post_routing_handler(Handler handler);
    App& set_exception_handler(ExceptionHandler handler);
    App& set_logger(httplib::Logger logger);

    // Runs the handler whose route matches. May block as long as that handler does; may be called
    // by several threads at once, and by a handler. Whatever handlers throw, the outcome is a 500.
    [[nodiscard]] Outcome answer(const http::Request& request) noexcept;

    // Not for an App: Cloister has the sockets, the files and the time limits. What to use instead:
    void listen(auto&&...) = delete;                           // cloister::run
    void listen_after_bind(auto&&...) = delete;                // cloister::run
    void bind_to_port(auto&&...) = delete;                     // a socket unit, or --listen
    void bind_to_any_port(auto&&...) = delete;                 // a socket unit, or --listen
    void stop(auto&&...) = delete;                             // SIGTERM
    void new_task_queue(auto&&...) = delete;                   // cloister::run has the threads
    void set_mount_point(auto&&...) = delete;                  // --site DIR
    void set_base_dir(auto&&...) = delete;                     // --site DIR
    void set_file_request_handler(auto&&...) = delete;         // --site DIR
    void set_address_family(auto&&...) = delete;               // a socket unit, or --listen
    void set_socket_options(auto&&...) = delete;               // a socket unit
    void set_tcp_nodelay(auto&&...) = delete;                  // nothing: always on
    void set_keep_alive_max_count(auto&&...) = delete;         // base/limits.h
    void set_keep_alive_timeout(auto&&...) = delete;           // base/limits.h
    void set_read_timeout(auto&&...) = delete;                 // base/limits.h
    void set_write_timeout(auto&&...) = delete;                // base/limits.h
    void set_idle_interval(auto&&...) = delete;                // base/limits.h
    void set_expect_100_continue_handler(auto&&...) = delete;  // nothing: answered before
    void set_header_writer(auto&&...) = delete;                // set_post_routing_handler
    void set_trusted_proxies(auto&&...) = delete;              // httplib::Request::remote_addr
    void WebSocket(auto&&...) = delete;                        // nothing: no upgrades

  private:
    void caught(const httplib::Request& request, httplib::Response& response,
                const std::exception_ptr& thrown) const;
    void finish(const httplib::Request& request, httplib::Response& response) const;

    bool multipart_allowed_ = false;
    Handler post_routing_handler_;
    ExceptionHandler exception_handler_;
    httplib::Logger logger_;
};

}  // namespace cloister::routes

namespace cloister {
using routes::App;
}
