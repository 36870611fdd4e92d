#include "models/functions/zero_pages.h"

#include <new>
#include <sys/mman.h>

namespace snsim {

ZeroPages::ZeroPages(size_t bytes, bool dense) : bytes_(bytes) {
    if (bytes == 0) return;
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (data_ == MAP_FAILED) {
        data_ = nullptr;
        throw std::bad_alloc();
    }
    if (dense) madvise(data_, bytes, MADV_HUGEPAGE);  // a hint: failing costs time alone
}

ZeroPages::~ZeroPages() {
    if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace snsim
