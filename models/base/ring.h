// A FIFO that grows to the largest number ever waiting and then never allocates again.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace snsim {

template <class T>
class Ring {
  public:
    explicit Ring(std::size_t capacity = 16)
        : slots_(round_up(capacity)), mask_(slots_.size() - 1) {}

    [[nodiscard]] bool empty() const { return head_ == tail_; }
    [[nodiscard]] std::size_t size() const { return tail_ - head_; }
    [[nodiscard]] const T& front() const { return slots_[head_ & mask_]; }
    [[nodiscard]] T& front() { return slots_[head_ & mask_]; }
    [[nodiscard]] const T& back() const { return slots_[(tail_ - 1) & mask_]; }
    /// The i-th from the front.
    [[nodiscard]] const T& operator[](std::size_t i) const { return slots_[(head_ + i) & mask_]; }

    [[nodiscard]] T& at(std::size_t i) { return slots_[(head_ + i) & mask_]; }

    void push(const T& value) {
        if (size() > mask_) grow();
        slots_[tail_++ & mask_] = value;
    }
    T pop() { return slots_[head_++ & mask_]; }
    void drop() { ++head_; }  ///< the first

  private:
    static std::size_t round_up(std::size_t n) {
        std::size_t power = 2;
        while (power < n) power *= 2;
        return power;
    }
    void grow() {
        std::vector<T> larger(slots_.size() * 2);
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) larger[i] = slots_[(head_ + i) & mask_];
        slots_ = std::move(larger);
        mask_ = slots_.size() - 1;
        head_ = 0;
        tail_ = count;
    }

    std::vector<T> slots_;
    std::size_t mask_;
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
};

}  // namespace snsim
