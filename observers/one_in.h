// One of n by chance: the multiples of n among random numbers.
#pragma once

#include <cstdint>

namespace snsim {

class OneIn {
  public:
    /// 0: none.
    explicit OneIn(std::uint64_t n) {
        if (n == 0) return;
        for (; n % 2 == 0; n /= 2) ++twos_;
        // Newton's iteration doubles the bits that are right; n itself has three.
        inverse_ = n;
        for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - n * inverse_;
        most_ = (~std::uint64_t{0} >> twos_) / n;
    }

    /// True when n divides the number. Dividing a multiple of an odd number is multiplying by its
    /// inverse, and only multiples give small results (Granlund and Montgomery, PLDI 1994, 9);
    /// turning the even part's zeros to the top makes any other bit there a large one.
    [[nodiscard]] bool picks(std::uint64_t number) const {
        const std::uint64_t quotient = number * inverse_;
        return inverse_ != 0 && (quotient >> twos_ | quotient << (-twos_ & 63U)) <= most_;
    }

  private:
    // n is an odd number times 2^twos
    std::uint64_t inverse_ = 0;  ///< of the odd number; 0 for none
    std::uint64_t most_ = 0;     ///< multiples' quotients
    unsigned twos_ = 0;
};

}  // namespace snsim
