#include "models/base/zero_pages.h"

#include <memory>
#include <new>
#include <sys/mman.h>

namespace snsim {

namespace {
constexpr size_t large_page = size_t{2} << 20;
}

ZeroPages::ZeroPages(size_t bytes, bool dense) : bytes_(bytes) {
    if (bytes == 0) return;
    dense = dense && bytes >= large_page / 2;  // clearing a large page for less costs more
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    // Large pages begin at multiples of their size, and only whole ones are given.
    mapped_ = dense ? (bytes + large_page - 1) / large_page * large_page + large_page : bytes;
    mapping_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapping_ == MAP_FAILED) {
        mapping_ = nullptr;
        throw std::bad_alloc();
    }
    data_ = mapping_;
    if (!dense) return;
    size_t room = mapped_;
    std::align(large_page, bytes, data_, room);
    madvise(data_, mapped_ - large_page, MADV_HUGEPAGE);  // a hint: failing costs time alone
}

ZeroPages::~ZeroPages() {
    if (mapping_ != nullptr) munmap(mapping_, mapped_);
}

}  // namespace snsim
