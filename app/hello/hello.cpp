// SPDX-License-Identifier: MIT
#include <cloister.h>

int main(int argc, char** argv) {
    cloister::App app;
    app.Get("/", [](const httplib::Request&, httplib::Response& response) {
        response.set_content("Hello World!", "text/plain");
    });
    return cloister::run(app, argc, argv);
}
