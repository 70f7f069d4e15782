// SPDX-License-Identifier: MIT
// For tests: one HTTP/2 session and a client that keeps to the protocol.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/test_frames.h"

namespace cloister::http {

// What came back on one stream.
struct Answer {
    int status = 0;
    HeaderList fields;  // of the last field section
    std::string body;
    std::vector<int> informational;       // statuses below 200
    std::optional<std::uint32_t> closed;  // the stream, with this error code

    // Of the first such field, or "".
    [[nodiscard]] std::string field(std::string_view name) const {
        const auto found = std::find_if(fields.begin(), fields.end(),
                                        [name](const auto& pair) { return pair.first == name; });
        return found != fields.end() ? found->second : "";
    }
};

class TestHttp2 {
  public:
    // `window`: bytes that a stream and the connection may bring before give_window(); 0 for a
    // client that always wants more.
    explicit TestHttp2(Handler handler = echo_handler(), std::int32_t window = 0)
        : wire(std::move(handler)) {
        nghttp2_session_callbacks* callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
        nghttp2_option* option = nullptr;
        nghttp2_option_new(&option);
        nghttp2_option_set_no_auto_window_update(option, window != 0 ? 1 : 0);
        nghttp2_session* session = nullptr;
        nghttp2_session_client_new2(&session, callbacks, this, option);
        client.reset(session);
        nghttp2_option_del(option);
        nghttp2_session_callbacks_del(callbacks);
        const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                                           static_cast<std::uint32_t>(window)};
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &entry, window != 0 ? 1 : 0);
    }

    // Asks, with a body if `body` is given; unless `ends`, more of it will come. Says nothing yet.
    std::uint32_t ask(const HeaderList& list, const std::optional<std::string>& body = {},
                      bool ends = true) {
        std::vector<nghttp2_nv> pairs;
        pairs.reserve(list.size());
        for (const auto& [name, value] : list) {
            pairs.push_back({bytes(name), bytes(value), name.size(), value.size(), 0});
        }
        auto upload = std::make_unique<Upload>();
        upload->rest = body.value_or("");
        upload->ends = ends;
        nghttp2_data_provider provider{.source = {.ptr = upload.get()}, .read_callback = part};
        const std::int32_t id = nghttp2_submit_request(
            client.get(), nullptr, pairs.data(), pairs.size(), body ? &provider : nullptr, nullptr);
        const auto stream = static_cast<std::uint32_t>(id);
        uploads_[stream] = std::move(upload);
        return stream;
    }

    void ask_more(std::uint32_t stream, std::string_view more, bool ends) {
        uploads_[stream]->rest += more;
        uploads_[stream]->ends = ends;
        nghttp2_session_resume_data(client.get(), static_cast<std::int32_t>(stream));
    }

    void cancel(std::uint32_t stream) {
        nghttp2_submit_rst_stream(client.get(), NGHTTP2_FLAG_NONE,
                                  static_cast<std::int32_t>(stream), NGHTTP2_CANCEL);
    }

    void give_window(std::uint32_t stream, std::int32_t more) {
        nghttp2_submit_window_update(client.get(), NGHTTP2_FLAG_NONE,
                                     static_cast<std::int32_t>(stream), more);
    }

    // Both sides talk until neither has anything to say; workers do nothing.
    void exchange() {
        for (bool moved = true; moved;) {
            moved = speak();
            wire.note();
            const std::string heard = wire.take();
            if (!heard.empty()) {
                nghttp2_session_mem_recv(client.get(), bytes(heard), heard.size());
                moved = true;
            }
            if (wire.server.output.empty() && wire.server.session.has_backlog()) {
                wire.server.resume();
                moved = true;
            }
        }
    }

    // And workers answer everything.
    void settle() {
        exchange();
        while (!wire.server.deferred.empty()) {
            wire.server.work();
            exchange();
        }
    }

    // The answer to one request.
    Answer& fetch(const HeaderList& list, const std::optional<std::string>& body = {}) {
        const std::uint32_t stream = ask(list, body);
        settle();
        return answers[stream];
    }

    struct Delete {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };

    TestFrames wire;
    std::map<std::uint32_t, Answer> answers;
    std::vector<std::uint32_t> finished;  // streams, in the order of their ends
    std::unique_ptr<nghttp2_session, Delete> client;

  private:
    struct Upload {
        std::string rest;
        bool ends = true;
    };

    static std::uint8_t* bytes(std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    }

    // All that the client has to say; true if that was anything.
    bool speak() {
        std::string all;
        const std::uint8_t* some = nullptr;
        ssize_t length = 0;
        while ((length = nghttp2_session_mem_send(client.get(), &some)) > 0) {
            all.append(reinterpret_cast<const char*>(some), static_cast<std::size_t>(length));
        }
        if (!all.empty()) {
            wire.server.receive(all);
        }
        return !all.empty();
    }

    static TestHttp2& of(void* self) { return *static_cast<TestHttp2*>(self); }

    static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* self) {
        of(self).answers[static_cast<std::uint32_t>(frame->hd.stream_id)].fields.clear();
        return 0;
    }

    static int header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_length, const std::uint8_t* value,
                      std::size_t value_length, std::uint8_t /*flags*/, void* self) {
        Answer& answer = of(self).answers[static_cast<std::uint32_t>(frame->hd.stream_id)];
        answer.fields.emplace_back(std::string(reinterpret_cast<const char*>(name), name_length),
                                   std::string(reinterpret_cast<const char*>(value), value_length));
        if (answer.fields.back().first == ":status") {
            answer.status = std::stoi(answer.fields.back().second);
            if (answer.status < 200) {
                answer.informational.push_back(answer.status);
            }
        }
        return 0;
    }

    static int data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t stream,
                    const std::uint8_t* content, std::size_t length, void* self) {
        of(self).answers[static_cast<std::uint32_t>(stream)].body.append(
            reinterpret_cast<const char*>(content), length);
        return 0;
    }

    static int closed(nghttp2_session* /*session*/, std::int32_t stream, std::uint32_t error,
                      void* self) {
        of(self).answers[static_cast<std::uint32_t>(stream)].closed = error;
        of(self).finished.push_back(static_cast<std::uint32_t>(stream));
        return 0;
    }

    static ssize_t part(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint8_t* room,
                        std::size_t most, std::uint32_t* flags, nghttp2_data_source* source,
                        void* /*self*/) {
        auto& upload = *static_cast<Upload*>(source->ptr);
        const std::size_t length = std::min(most, upload.rest.size());
        if (length == 0 && !upload.ends) {
            return NGHTTP2_ERR_DEFERRED;
        }
        std::copy_n(upload.rest.begin(), length, room);
        upload.rest.erase(0, length);
        *flags |= upload.rest.empty() && upload.ends ? std::uint32_t{NGHTTP2_DATA_FLAG_EOF} : 0U;
        return static_cast<ssize_t>(length);
    }

    std::map<std::uint32_t, std::unique_ptr<Upload>> uploads_;
};

}  // namespace cloister::http
