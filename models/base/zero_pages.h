// A large array of zeroes whose pages cost memory and time only once they are written.
#pragma once

#include <cstddef>
#include <utility>

namespace snsim {

class ZeroPages {
  public:
    ZeroPages() = default;
    // Dense: about to be used all over, so that large pages pay (fewer faults and TLB misses).
    explicit ZeroPages(size_t bytes, bool dense = false);  // throws std::bad_alloc
    ~ZeroPages();
    ZeroPages(const ZeroPages&) = delete;
    ZeroPages& operator=(const ZeroPages&) = delete;
    ZeroPages(ZeroPages&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          bytes_(std::exchange(other.bytes_, 0)),
          mapping_(std::exchange(other.mapping_, nullptr)),
          mapped_(std::exchange(other.mapped_, 0)) {}
    ZeroPages& operator=(ZeroPages&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        std::swap(mapping_, other.mapping_);
        std::swap(mapped_, other.mapped_);
        return *this;
    }

    template <typename T>
    [[nodiscard]] T* as() const {
        return static_cast<T*>(data_);
    }
    [[nodiscard]] size_t bytes() const { return bytes_; }

  private:
    void* data_ = nullptr;
    size_t bytes_ = 0;
    void* mapping_ = nullptr;  // data_ lies in it
    size_t mapped_ = 0;
};

}  // namespace snsim
