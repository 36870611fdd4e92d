// Flow keys as the code that makes them sees them: as 64-bit words. Not for users of keys.
#pragma once

#include <cstring>
#include <type_traits>

#include "models/protocols/flow_key.h"

namespace snsim::flow_key_words {

__extension__ using Wide = unsigned __int128;

// A key as five 64-bit words, as they stand in memory: written and read whole, so that a key just
// made can be compared and hashed without waiting for its parts.
struct Words {
    uint64_t src[2];
    uint64_t dst[2];
    uint64_t rest;
};
static_assert(sizeof(Words) == sizeof(FlowKey));

inline Words words_of(const FlowKey& key) {
    Words words;
    std::memcpy(&words, &key, sizeof words);
    return words;
}

static_assert(std::is_trivially_copyable_v<FlowKey>);

inline void store(const Words& words, FlowKey& out) {
    std::memcpy(static_cast<void*>(&out), &words, sizeof words);
}

inline uint64_t rest_of(uint16_t sport, uint16_t dport, uint8_t protocol, uint8_t family) {
    return sport | (uint64_t{dport} << 16) | (uint64_t{protocol} << 32) | (uint64_t{family} << 40);
}

// The lower half of ::ffff:a.b.c.d, from the address as it stands in memory.
inline uint64_t mapped(uint32_t ipv4) { return 0xffff0000u | uint64_t{ipv4} << 32; }

inline uint64_t mix(uint64_t a, uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Odd constants from the binary expansion of pi; two multiplications deep.
inline uint64_t hash_words(const Words& words) {
    uint64_t src = words.src[1];
    if ((words.src[0] | words.dst[0]) != 0) {
        src ^= mix(words.src[0] ^ 0x243f6a8885a308d3u, words.dst[0] ^ 0x13198a2e03707345u);
    }
    const uint64_t addresses = mix(src ^ 0xa4093822299f31d1u, words.dst[1] ^ 0x082efa98ec4e6c89u);
    return mix(addresses ^ 0x452821e638d01377u, words.rest ^ 0xbe5466cf34e90c6du);
}

}  // namespace snsim::flow_key_words
