// What a NIC function shows behind its base address registers, and the messages it sends.
//
//   BAR0, 64 KiB   0x0000  function registers (32 bit)
//                  0x0100  RSS key, 40 bytes; 0x0180 indirection table, 128 bytes
//                  0x4000  ring registers, 32 bytes a ring, four rings a queue pair
//                  0x8000  doorbells, 4 bytes a ring, four rings a queue pair
//   BAR2, 8 KiB    0x0000  MSI-X table, 16 bytes a vector; 0x1000 pending bits
//
// Each function has BARs of its own, which show and change nothing but itself. What the card's
// owner decides about a function (filters, rates, weights, functions of the pipeline) stands behind
// none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace snsim {

inline constexpr std::uint32_t max_queues = 128;     ///< queue pairs of a function
inline constexpr std::uint32_t max_vectors = 128;    ///< of a function
inline constexpr std::uint32_t max_ring = 32768;     ///< entries
inline constexpr std::uint32_t max_functions = 272;  ///< 16 physical and 256 virtual ones

enum class RingKind : std::uint8_t { rx, tx, rx_completion, tx_completion };
inline constexpr std::uint32_t rings_per_queue = 4;

namespace nic_bar {
inline constexpr unsigned registers = 0;  ///< number of the BAR
inline constexpr unsigned msix = 2;
inline constexpr std::uint32_t registers_bytes = 0x10000;
inline constexpr std::uint32_t msix_bytes = 0x2000;
// function registers
inline constexpr std::uint32_t identity = 0x00;  ///< reads `magic`
inline constexpr std::uint32_t function = 0x04;  ///< its number
inline constexpr std::uint32_t control = 0x08;   ///< control_enable, control_reset, control_lro
inline constexpr std::uint32_t status = 0x0c;    ///< status_ready, status_fault
inline constexpr std::uint32_t queues = 0x10;    ///< how many there are
inline constexpr std::uint32_t mac_low = 0x18;   ///< first four bytes of the MAC address
inline constexpr std::uint32_t mac_high = 0x1c;
inline constexpr std::uint32_t rss_key = 0x100;
inline constexpr std::uint32_t indirection = 0x180;
inline constexpr std::uint32_t rings = 0x4000;
inline constexpr std::uint32_t doorbells = 0x8000;
inline constexpr std::uint32_t pending = 0x1000;  ///< in the MSI-X BAR
// values
inline constexpr std::uint32_t magic = 0x43494e53;
inline constexpr std::uint32_t control_enable = 1;
inline constexpr std::uint32_t control_reset = 2;
inline constexpr std::uint32_t control_lro = 4;  ///< merge received segments
inline constexpr std::uint32_t status_ready = 1;
inline constexpr std::uint32_t status_fault = 2;
}  // namespace nic_bar

/// Registers of one ring, at ring_registers(queue, kind).
namespace ring_register {
inline constexpr std::uint32_t bytes = 32;
inline constexpr std::uint32_t base = 0;      ///< 64 bit: address of entry 0
inline constexpr std::uint32_t entries = 8;   ///< a power of two; 0: the ring is off
inline constexpr std::uint32_t vector = 12;   ///< completion rings: MSI-X vector
inline constexpr std::uint32_t frames = 16;   ///< completion rings: moderation, completions
inline constexpr std::uint32_t time_ns = 20;  ///< completion rings: moderation, ns
}  // namespace ring_register

[[nodiscard]] constexpr std::uint32_t ring_registers(std::uint32_t queue, RingKind kind) {
    return nic_bar::rings +
           (queue * rings_per_queue + static_cast<std::uint32_t>(kind)) * ring_register::bytes;
}

/// Where a function's BARs stand in the host's address space: BAR0 at the start of its window, BAR2
/// behind it. A host lets a function's owner reach its window alone.
struct BarAddress {
    std::uint32_t function = 0;
    unsigned bar = 0;
    std::uint32_t offset = 0;

    static constexpr std::uint64_t base = std::uint64_t{1} << 46;
    static constexpr std::uint64_t window = 2 * nic_bar::registers_bytes;

    [[nodiscard]] constexpr std::uint64_t address() const {
        return base + function * window + (bar == nic_bar::msix ? nic_bar::registers_bytes : 0) +
               offset;
    }
    /// Nothing if no function's window is there.
    [[nodiscard]] static constexpr std::optional<BarAddress> of(std::uint64_t address) {
        if (address < base || address >= base + max_functions * window) return std::nullopt;
        const std::uint64_t within = (address - base) % window;
        const bool msix = within >= nic_bar::registers_bytes;
        return BarAddress{
            static_cast<std::uint32_t>((address - base) / window),
            msix ? nic_bar::msix : nic_bar::registers,
            static_cast<std::uint32_t>(within - (msix ? nic_bar::registers_bytes : 0))};
    }
};

/// A doorbell write: the driver's index of a ring, descriptors' behind the last one written,
/// completions' behind the last one read, counted on over the ring's end modulo 65536; `arm` asks
/// for an interrupt with the next completion.
struct Doorbell {
    std::uint32_t queue = 0;
    RingKind ring = RingKind::rx;
    std::uint16_t index = 0;
    bool arm = false;

    /// Where in BAR0, and what.
    [[nodiscard]] constexpr std::uint32_t offset() const {
        return nic_bar::doorbells +
               (queue * rings_per_queue + static_cast<std::uint32_t>(ring)) * 4;
    }
    [[nodiscard]] constexpr std::uint32_t value() const {
        return index | (arm ? std::uint32_t{1} << 31 : 0);
    }
    /// Nothing if there is no doorbell at that offset.
    [[nodiscard]] static constexpr std::optional<Doorbell> at(std::uint32_t offset,
                                                              std::uint32_t value) {
        if (offset < nic_bar::doorbells || offset % 4 != 0) return std::nullopt;
        const std::uint32_t number = (offset - nic_bar::doorbells) / 4;
        if (number >= max_queues * rings_per_queue) return std::nullopt;
        return Doorbell{number / rings_per_queue, static_cast<RingKind>(number % rings_per_queue),
                        static_cast<std::uint16_t>(value), (value >> 31) != 0};
    }
};

/// An MSI-X message: a posted write of `data` to `address`, which names the core (Intel SDM 3A,
/// 11.11; the destination field is 8 bits wide there and carries on in bits 11-5 above 255).
struct MsixMessage {
    std::uint64_t address = 0;
    std::uint32_t data = 0;

    static constexpr std::uint64_t base = 0xfee00000;
    [[nodiscard]] static constexpr MsixMessage to(std::uint32_t core, std::uint32_t data) {
        return {base | std::uint64_t{core & 0xffU} << 12 | std::uint64_t{core >> 8 & 0x7fU} << 5,
                data};
    }
    [[nodiscard]] constexpr bool well_formed() const { return address >> 20 == base >> 20; }
    [[nodiscard]] constexpr std::uint32_t core() const {
        return static_cast<std::uint32_t>(address >> 12 & 0xffU) |
               static_cast<std::uint32_t>(address >> 5 & 0x7fU) << 8;
    }
};

/// PCIe requester id of a function: bus 1 on, 256 functions a bus (alternative routing ids).
[[nodiscard]] constexpr std::uint16_t requester_of(std::uint32_t function) {
    return static_cast<std::uint16_t>(0x100 + function);
}
[[nodiscard]] constexpr std::uint32_t function_of(std::uint16_t requester) {
    return requester - 0x100U;
}

}  // namespace snsim
