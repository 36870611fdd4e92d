// Units as products of powers of base units, so that formulas are told when they add seconds to
// bytes. Bits and bytes are two units, of which 8 of one make 1 of the other: values are numbers in
// the unit they carry, and nothing converts them unasked.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace snsim {

struct UnitProduct {
    enum Base {
        second,
        bit,
        byte,
        joule,
        service,
        bases
    };  ///< service: mean of a queue's services

    std::array<int, bases> powers{};
    double scale = 1;  ///< base units in one: 1e6 of `Mpps`, 0.01 of `%`

    /// `bit/s`, `W`, `1/s`, `Mpps`, `pJ/bit`, `%`, `prob`; empty for a plain number. Nothing for
    /// what it does not know.
    [[nodiscard]] static std::optional<UnitProduct> parse(std::string_view text);

    [[nodiscard]] bool plain() const { return powers == decltype(powers){}; }
    [[nodiscard]] bool same_kind(const UnitProduct& other) const { return powers == other.powers; }
    /// `power` is 1 or -1.
    [[nodiscard]] UnitProduct times(const UnitProduct& other, int power = 1) const;
    /// As metrics write it, without scale: `bit/s`, `J/bit`; empty for a plain number.
    [[nodiscard]] std::string text() const;
};

}  // namespace snsim
