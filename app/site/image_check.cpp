// SPDX-License-Identifier: MIT
#include "site/image_check.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "base/check.h"
#include "http/field_block.h"
#include "site/hash.h"
#include "site/redirects.h"

namespace cloister::site {

namespace {

class Check {
  public:
    Check(std::string_view image, bool has_file, std::size_t file_count, const std::string& shown)
        : image_(image), has_file_(has_file), file_count_(file_count), shown_(shown) {}

    Header run() {
        read_header();
        check_sums();
        check_tables();
        check_hosts();
        for (const Entry& entry : entries_) {
            check_entry(entry);
        }
        for (const Variant& variant : variants_) {
            require(variant.content < contents_.size(), &variant, "a file has no content");
            require(static_cast<std::size_t>(variant.coding) < coding_count, &variant,
                    "a file has a coding that nobody knows");
            check_block(variant.fields, &variant);
            check_block(variant.not_modified, &variant);
        }
        for (const Content& content : contents_) {
            check_content(content);
        }
        return header_;
    }

  private:
    [[noreturn]] void refuse(std::uint64_t at, const std::string& what) const {
        refuse_damaged(shown_, at, what);
    }

    void require(bool is_sound, const void* row, const std::string& what) const {
        if (!is_sound) {
            refuse(static_cast<std::uint64_t>(static_cast<const char*>(row) - image_.data()), what);
        }
    }

    void read_header() {
        if (image_.size() < sizeof header_ ||
            !std::equal(image_magic.begin(), image_magic.end(), image_.begin())) {
            throw base::Failure(EX_DATAERR, shown_ +
                                                " is no image of a site; name a folder, or "
                                                "what cloister pack has made");
        }
        std::memcpy(&header_, image_.data(), sizeof header_);
        if (header_.version != image_version || header_.byte_order != image_byte_order) {
            throw base::Failure(EX_DATAERR,
                                shown_ +
                                    " was made by another version of cloister, or for another "
                                    "kind of processor; make it anew with cloister pack");
        }
        if (header_.checksum != checksum_of(image_.substr(0, offsetof(Header, checksum)))) {
            refuse(0, "the header is not what was written");
        }
        if (header_.bytes != image_.size()) {
            refuse(std::min<std::uint64_t>(header_.bytes, image_.size()),
                   image_.size() < header_.bytes ? "it ends there, but should have " +
                                                       std::to_string(header_.bytes) + " bytes"
                                                 : "it should end there");
        }
    }

    void check_sums() {
        const std::uint64_t count = (header_.index_bytes + image_sum_bytes - 1) / image_sum_bytes;
        if (header_.index % 8 != 0 || header_.index_bytes % 8 != 0 ||
            header_.index < sizeof header_ || header_.index > header_.bytes ||
            header_.index_bytes > UINT32_MAX ||
            header_.index_bytes + count * 8 != header_.bytes - header_.index) {
            refuse(0, "the index lies elsewhere");
        }
        index_ = image_.substr(header_.index, header_.index_bytes);
        const std::string_view sums = image_.substr(header_.index + header_.index_bytes);
        if (checksum_of(sums) != header_.sums_checksum) {
            refuse(header_.index + header_.index_bytes, "the sums are not what was written");
        }
        for (std::uint64_t part = 0; part < count; ++part) {
            std::uint64_t sum = 0;
            std::memcpy(&sum, sums.data() + part * 8, sizeof sum);
            if (sum != checksum_of(index_.substr(part * image_sum_bytes, image_sum_bytes))) {
                refuse(header_.index + part * image_sum_bytes,
                       "the 64 KiB from there on are not what was written");
            }
        }
    }

    template <class Row>
    [[nodiscard]] std::span<const Row> checked(const Table& table) const {
        if (table.offset % alignof(std::uint64_t) != 0 ||
            table.offset + std::uint64_t{table.count} * sizeof(Row) > index_.size()) {
            refuse(header_.index, "a table lies outside the index");
        }
        return {rows_of<Row>(index_, table), table.count};
    }

    void check_tables() {
        hosts_ = checked<Host>(header_.hosts);
        slots_ = checked<Slot>(header_.slots);
        entries_ = checked<Entry>(header_.entries);
        variants_ = checked<Variant>(header_.variants);
        contents_ = checked<Content>(header_.contents);
        if (header_.file_count != file_count_) {
            refuse(0, "it needs " + std::to_string(header_.file_count) + " open files");
        }
    }

    void check_hosts() const {
        for (const Host& host : hosts_) {
            check_text(host.name, &host);
            require(&host == hosts_.data() || text(host.name) > text((&host - 1)->name), &host,
                    "the hosts are out of order");
            const std::uint64_t count = std::uint64_t{host.slot_mask} + 1;
            require(std::has_single_bit(count) && host.slot + count <= slots_.size(), &host,
                    "a host has no slots");
            const auto slots = slots_.subspan(host.slot, count);
            // A search ends at an empty one.
            require(std::any_of(slots.begin(), slots.end(),
                                [](const Slot& slot) { return slot.entry == 0; }),
                    &host, "a host has no empty slot");
            check_block(host.fields, &host);
            check_block(host.secure_fields, &host);
            require(host.redirects == 0 || (host.redirects < index_.size() &&
                                            Redirects::measure(index_.substr(host.redirects)) != 0),
                    &host, "redirects are none that could be followed");
        }
        for (const Slot& slot : slots_) {
            require(slot.entry <= entries_.size(), &slot, "a slot has no entry");
        }
    }

    void check_entry(const Entry& entry) const {
        check_text(entry.path, &entry);
        check_text(entry.location, &entry);
        check_block(entry.fields, &entry);
        check_block(entry.secure_fields, &entry);
        require(entry.status >= 200 && entry.status <= 599, &entry, "an entry has no status");
        require(std::uint64_t{entry.variant} + entry.variant_count <= variants_.size() &&
                    entry.variant_count <= coding_count,
                &entry, "an entry has no file");
    }

    void check_content(const Content& content) const {
        check_text(content.entity_tag, &content);
        check_block(content.validators, &content);
        if (content.home >= home_first_file) {
            require(content.home - home_first_file < file_count_, &content,
                    "a file is not open beside it");
            return;
        }
        require(content.home != home_image || has_file_, &content,
                "a file is to be sent from an image that is in memory");
        require(content.offset >= sizeof header_ && content.offset <= header_.index &&
                    content.length <= header_.index - content.offset,
                &content, "a file lies outside the bodies");
    }

    void check_text(const Text& where, const void* row) const {
        require(std::uint64_t{where.offset} + where.length <= index_.size(), row,
                "a string lies outside the index");
    }

    void check_block(Block block, const void* row) const {
        require(block == 0 ||
                    (block < index_.size() && http::FieldBlock::measure(index_.substr(block)) != 0),
                row, "fields are none that could be sent");
    }

    [[nodiscard]] std::string_view text(const Text& where) const {
        return index_.substr(where.offset, where.length);
    }

    std::string_view image_;
    bool has_file_;
    std::size_t file_count_;
    const std::string& shown_;
    Header header_;
    std::string_view index_;
    std::span<const Host> hosts_;
    std::span<const Slot> slots_;
    std::span<const Entry> entries_;
    std::span<const Variant> variants_;
    std::span<const Content> contents_;
};

}  // namespace

Header check_image(std::string_view image, bool has_file, std::size_t file_count,
                   const std::string& shown) {
    return Check(image, has_file, file_count, shown).run();
}

void refuse_damaged(const std::string& shown, std::uint64_t at, const std::string& what) {
    throw base::Failure(EX_DATAERR, shown + " is damaged at byte " + std::to_string(at) + ": " +
                                        what + "; make it anew with cloister pack");
}

}  // namespace cloister::site
