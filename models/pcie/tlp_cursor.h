// How a transaction is cut into TLPs (PCIe Base 5.0, 2.2.2, 2.2.7 and 2.3.1.1).
//
// Writes carry up to MPS bytes each, counted from their start; reads ask for up to MRRS bytes each;
// neither crosses a 4 KiB boundary. Completions of one request end on multiples of their limit (RCB
// or MPS), so an unaligned read takes one more.
#pragma once

#include <algorithm>
#include <cstdint>

namespace snsim {

class TlpCursor {
  public:
    TlpCursor() = default;
    /// TLPs of up to `limit` bytes of [address, address + bytes).
    static TlpCursor requests(std::uint64_t address, std::uint32_t bytes, std::uint32_t limit) {
        TlpCursor cursor;
        cursor.address_ = address;
        cursor.left_ = bytes;
        cursor.limit_ = limit;
        cursor.next_ = cursor.size_of_next();
        return cursor;
    }
    /// Completions, aligned to `limit`, of requests of up to `request` bytes.
    static TlpCursor completions(std::uint64_t address, std::uint32_t bytes, std::uint32_t limit,
                                 std::uint32_t request) {
        TlpCursor cursor = requests(address, bytes, limit);
        cursor.request_ = request;
        cursor.next_ = cursor.size_of_next();
        return cursor;
    }

    [[nodiscard]] bool done() const { return left_ == 0; }
    [[nodiscard]] std::uint64_t address() const { return address_; }
    /// Bytes that the next TLP carries or asks for.
    [[nodiscard]] std::uint32_t bytes() const { return next_; }
    void next() { next(bytes()); }
    /// The same for one or more TLPs of one size.
    void next(std::uint32_t taken) {
        if (request_ != 0) {
            const std::uint32_t page_left = page - static_cast<std::uint32_t>(address_ % page);
            if (in_request_ == 0) in_request_ = std::min({request_, page_left, left_});
            in_request_ -= taken;
        }
        address_ += taken;
        left_ -= taken;
        next_ = left_ > 0 ? size_of_next() : 0;
    }
    /// How many of the next ones, without the last, carry as much as any.
    [[nodiscard]] std::uint32_t full() const {
        if (left_ == 0 || bytes() != limit_) return 0;
        std::uint32_t room =
            std::min(page - static_cast<std::uint32_t>(address_ % page), left_ - 1);
        if (request_ != 0) room = std::min(room, in_request_ > 0 ? in_request_ : request_);
        return room / limit_;
    }
    /// Bytes of all of them.
    [[nodiscard]] std::uint32_t bytes_left() const { return left_; }
    /// How many there are, and how many bytes the last one has.
    struct Extent {
        std::uint32_t count = 0;
        std::uint32_t last = 0;
    };
    [[nodiscard]] Extent extent() const {
        const std::uint32_t page_left = page - static_cast<std::uint32_t>(address_ % page);
        if (request_ == 0 && left_ > 0 && left_ <= page_left) {
            const std::uint32_t before = (left_ - 1) / limit_;
            return {before + 1, left_ - before * limit_};
        }
        Extent extent;
        for (TlpCursor rest = *this; !rest.done(); rest.next(extent.last)) {
            extent.last = rest.bytes();
            ++extent.count;
        }
        return extent;
    }
    [[nodiscard]] std::uint32_t count() const { return extent().count; }

  private:
    static constexpr std::uint32_t page = 4096;

    [[nodiscard]] std::uint32_t size_of_next() const {
        const std::uint32_t page_left = page - static_cast<std::uint32_t>(address_ % page);
        if (request_ == 0) return std::min({limit_, page_left, left_});
        const std::uint32_t request_left =
            in_request_ > 0 ? in_request_ : std::min({request_, page_left, left_});
        const std::uint32_t aligned = limit_ - static_cast<std::uint32_t>(address_ % limit_);
        return std::min(request_left, aligned);
    }

    std::uint64_t address_ = 0;
    std::uint32_t left_ = 0;
    std::uint32_t limit_ = 1;
    std::uint32_t next_ = 0;        ///< bytes of the next one
    std::uint32_t request_ = 0;     ///< 0: these are requests
    std::uint32_t in_request_ = 0;  ///< left of the request that is being completed; 0: a new one
};

}  // namespace snsim
