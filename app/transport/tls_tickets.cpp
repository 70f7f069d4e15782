// SPDX-License-Identifier: MIT
#include "transport/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <new>
#include <ratio>
#include <string>

#include "base/check.h"
#include "base/limits.h"

namespace cloister::transport {

namespace {

namespace limits = base::limits;

// "CLTK" and version 1.
constexpr std::array<std::byte, 8> beginning = {std::byte{'C'}, std::byte{'L'}, std::byte{'T'},
                                                std::byte{'K'}, std::byte{1}};
constexpr std::size_t epoch_at = beginning.size();
constexpr std::size_t chain_at = epoch_at + sizeof(std::int64_t);
static_assert(chain_at + sizeof(ChainKey) == TicketKeys::state_bytes);

constexpr std::size_t vector_bytes = 16;  // the initialisation vector of AES-CBC

[[noreturn]] void refuse(const std::string& what) {
    throw base::Failure(EX_SOFTWARE, "TLS session tickets: OpenSSL has no " + what +
                                         "; check its configuration, openssl.cnf");
}

std::int64_t epoch_at_time(TicketKeys::Time now) {
    constexpr std::chrono::seconds length = limits::ticket_key_time;
    using Epochs = std::chrono::duration<std::int64_t, std::ratio<length.count()>>;
    return std::chrono::floor<Epochs>(now.time_since_epoch()).count();
}

// Where a context keeps its TicketKeys: a slot of ours, as the application's own may be taken.
int slot() {
    static const int index = ::SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool prepare(const TicketKeys& keys, const TicketKey& key, unsigned char* vector,
             EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int making) {
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 2> parameters = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        ::OSSL_PARAM_construct_end()};
    const auto& authentication = key.authentication.bytes;
    return ::EVP_CipherInit_ex2(cipher, keys.cipher(), raw(key.encryption.bytes.data()), vector,
                                making, nullptr) == 1 &&
           ::EVP_MAC_init(mac, raw(authentication.data()), authentication.size(),
                          parameters.data()) == 1;
}

// What OpenSSL makes of the callback's result.
enum Answer : int {
    failed = -1,  // the handshake fails
    none = 0,     // no ticket is made; the client's is not known, so its handshake is a full one
    use = 1,
    use_and_renew = 2,
};

int make_ticket(TicketKeys& keys, TicketKeys::Time now, unsigned char* name, unsigned char* vector,
                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    const auto key = keys.current(now);
    if (!key || ::RAND_bytes(vector, vector_bytes) != 1) {
        return failed;
    }
    std::copy_n(raw(key->name.data()), key->name.size(), name);
    return prepare(keys, *key, vector, cipher, mac, 1) ? use : failed;
}

int open_ticket(TicketKeys& keys, TicketKeys::Time now, const unsigned char* name,
                unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool used_once) {
    TicketName wanted;
    std::copy_n(name, wanted.size(), raw(wanted.data()));
    const auto found = keys.find(wanted, now);
    if (!found) {
        return none;
    }
    if (!prepare(keys, found->key, vector, cipher, mac, 0)) {
        return failed;
    }
    return used_once || !found->is_current ? use_and_renew : use;
}

int answer(SSL* connection, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac, int making) noexcept {
    void* const installed = ::SSL_CTX_get_ex_data(::SSL_get_SSL_CTX(connection), slot());
    if (installed == nullptr) {
        return none;
    }
    TicketKeys& keys = *static_cast<TicketKeys*>(installed);
    const auto now = std::chrono::system_clock::now();
    if (making != 0) {
        return make_ticket(keys, now, name, vector, cipher, mac);
    }
    // A client of TLS 1.3 uses a ticket once (RFC 8446 C.4), and gets no other unless it is
    // renewed.
    const bool used_once = ::SSL_version(connection) == TLS1_3_VERSION;
    return open_ticket(keys, now, name, vector, cipher, mac, used_once);
}

}  // namespace

void TicketKeys::Free::operator()(evp_cipher_st* cipher) const {
    ::EVP_CIPHER_free(cipher);
}

TicketKeys::TicketKeys() : cipher_(::EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)) {
    if (!cipher_) {
        refuse("AES-256-CBC");
    }
}

TicketKeys::~TicketKeys() = default;

std::unique_ptr<TicketKeys> TicketKeys::fresh(Time now) {
    std::unique_ptr<TicketKeys> keys(new TicketKeys);
    if (!keys->draw(epoch_at_time(now))) {
        refuse("random bytes");
    }
    return keys;
}

std::unique_ptr<TicketKeys> TicketKeys::restored(std::span<const std::byte> state, Time now) {
    if (state.size() != state_bytes ||
        !std::equal(beginning.begin(), beginning.end(), state.begin())) {
        return nullptr;
    }
    std::uint64_t epoch = 0;
    for (std::size_t index = 0; index < sizeof epoch; ++index) {
        epoch |= std::to_integer<std::uint64_t>(state[epoch_at + index]) << (8 * index);
    }
    ChainKey chain;
    std::copy_n(state.begin() + chain_at, chain.bytes.size(), chain.bytes.begin());
    std::unique_ptr<TicketKeys> keys(new TicketKeys);
    if (!keys->start_from(chain, static_cast<std::int64_t>(epoch)) || !keys->step_to(now)) {
        refuse("HMAC-SHA-256, or no random bytes");
    }
    return keys;
}

TicketKeys::State TicketKeys::serialised() const {
    const std::scoped_lock lock(mutex_);
    State state;
    std::copy(beginning.begin(), beginning.end(), state.bytes.begin());
    for (std::size_t index = 0; index < sizeof epoch_; ++index) {
        const std::uint64_t shifted = static_cast<std::uint64_t>(epoch_) >> (8 * index);
        state.bytes.at(epoch_at + index) = static_cast<std::byte>(shifted & 0xff);
    }
    const auto& chain = previous_.chain.bytes;
    std::copy(chain.begin(), chain.end(), state.bytes.begin() + chain_at);
    return state;
}

bool TicketKeys::matches(std::span<const std::byte> state) const {
    const State ours = serialised();
    return state.size() == ours.bytes.size() &&
           ::CRYPTO_memcmp(state.data(), ours.bytes.data(), state.size()) == 0;
}

void TicketKeys::install(ssl_ctx_st* context) {
    if (::SSL_CTX_set_ex_data(context, slot(), this) != 1 ||
        ::SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &answer) != 1) {
        throw std::bad_alloc();
    }
}

std::optional<TicketKey> TicketKeys::current(Time now) {
    const std::scoped_lock lock(mutex_);
    return step_to(now) ? std::optional(current_.key) : std::nullopt;
}

std::optional<TicketKeys::Found> TicketKeys::find(const TicketName& name, Time now) {
    const std::scoped_lock lock(mutex_);
    if (!step_to(now)) {
        return std::nullopt;
    }
    for (const TicketEpoch* const epoch : {&current_, &previous_}) {
        if (epoch->key.name == name) {
            return Found{epoch->key, epoch == &current_};
        }
    }
    return std::nullopt;
}

bool TicketKeys::start_from(const ChainKey& previous, std::int64_t epoch) {
    const auto before = derivation_.epoch_of(previous);
    const auto now = before ? derivation_.successor_of(*before) : std::nullopt;
    if (!now) {
        return false;
    }
    previous_ = *before;
    current_ = *now;
    epoch_ = epoch;
    return true;
}

bool TicketKeys::draw(std::int64_t epoch) {
    ChainKey chain;
    return ::RAND_bytes(raw(chain.bytes.data()), static_cast<int>(chain.bytes.size())) == 1 &&
           start_from(chain, epoch);
}

bool TicketKeys::step_to(Time now) {
    const std::int64_t wanted = epoch_at_time(now);
    const auto low = static_cast<std::uint64_t>(std::min(wanted, epoch_));
    const auto high = static_cast<std::uint64_t>(std::max(wanted, epoch_));
    if (high - low > limits::ticket_key_step_count) {
        return draw(wanted);
    }
    while (epoch_ < wanted) {
        const auto next = derivation_.successor_of(current_);
        if (!next) {
            return false;
        }
        previous_ = current_;
        current_ = *next;
        ++epoch_;
    }
    return true;
}

}  // namespace cloister::transport
