// Who claims which addresses of a host's bus, and how its devices hang below the root complex.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/check.h"

namespace snsim {

class BusMap {
  public:
    static constexpr std::uint8_t nobody = 0;
    static constexpr unsigned functions = 256;  ///< of a device, by which requesters are told apart

    /// Devices are numbered from 1 on. `root_port`: behind which its link or its switch stands.
    std::uint8_t add_device(std::size_t root_port) {
        SNSIM_CHECK(ports_.size() < 255, "more than 255 devices on a bus");
        ports_.push_back(root_port);
        return static_cast<std::uint8_t>(ports_.size());
    }
    /// The device answers to [address, address + bytes).
    void claim(std::uint8_t device, std::uint64_t address, std::uint64_t bytes) {
        windows_.push_back({address, address + bytes, device});
    }
    [[nodiscard]] std::uint8_t device_at(std::uint64_t address) const {
        for (const Window& window : windows_) {
            if (address >= window.start && address < window.end) return window.device;
        }
        return nobody;
    }
    [[nodiscard]] std::size_t root_port(std::uint8_t device) const { return ports_[device - 1U]; }

    /// By what the IOMMU tells requesters apart: a device's function.
    [[nodiscard]] static std::uint16_t requester(std::uint8_t device, std::uint16_t function) {
        return static_cast<std::uint16_t>((device - 1U) * functions + function);
    }
    /// Where device memory lies.
    [[nodiscard]] static std::uint64_t memory_of(std::uint8_t device) {
        constexpr unsigned first = 47;  // above the registers of the card
        constexpr unsigned apart = 38;
        return (std::uint64_t{1} << first) + (std::uint64_t{device} << apart);
    }

  private:
    struct Window {
        std::uint64_t start;
        std::uint64_t end;
        std::uint8_t device;
    };
    std::vector<std::size_t> ports_;  // by device
    std::vector<Window> windows_;
};

}  // namespace snsim
