// Values as bytes, for the pipe between a trial and its parent and for the journal of a sweep.
//
// A record in a stream stands behind its length and a checksum, so a torn or damaged one is told
// apart from a whole one. The byte order is this machine's: records do not leave it.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snsim {

class RecordWriter {
  public:
    void put(std::int64_t value) { put_bytes(&value, sizeof value); }
    void put(double value) { put_bytes(&value, sizeof value); }
    void put(std::string_view text) {
        put(static_cast<std::int64_t>(text.size()));
        put_bytes(text.data(), text.size());
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    void put(bool value) { put(static_cast<std::int64_t>(value)); }

    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    void put_bytes(const void* from, std::size_t size) {
        bytes_.append(static_cast<const char*>(from), size);
    }

    std::string bytes_;
};

/// A record does not hold what is read from it.
class RecordError : public std::runtime_error {
  public:
    RecordError() : std::runtime_error("a record ends too early") {}
};

/// Reads what a RecordWriter put, in the same order. Throws RecordError beyond the end.
class RecordReader {
  public:
    explicit RecordReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::int64_t integer();
    [[nodiscard]] double real();
    [[nodiscard]] std::string text();
    [[nodiscard]] bool flag() { return integer() != 0; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    void take(void* to, std::size_t size);

    std::string_view rest_;
};

/// A record, which is not empty, with its length and checksum in front.
[[nodiscard]] std::string framed(std::string_view record);

/// The record at the start of `bytes`, which then begins behind it; nothing when it is not whole.
[[nodiscard]] std::optional<std::string_view> next_record(std::string_view& bytes);

/// A checksum that tells two texts apart with all but certainty (64 bits).
[[nodiscard]] std::uint64_t checksum(std::string_view bytes);

}  // namespace snsim
