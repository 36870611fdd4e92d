// How fast this core runs at the moment, in GHz: a chain of additions takes one cycle each on any
// processor of today. Cores of shared machines change their speed from second to second.
#include <chrono>
#include <cstdint>
#include <cstdio>

int main() {
    constexpr std::uint64_t unroll = 8;
    constexpr std::uint64_t rounds = 10'000'000;
    std::uint64_t chain = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t round = 0; round < rounds; ++round) {
        for (std::uint64_t i = 0; i < unroll; ++i) {
            ++chain;
            asm volatile("" : "+r"(chain));  // so that it has to be computed
        }
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    std::printf("%.3f\n", static_cast<double>(chain) / took.count());
    return 0;
}
