// What the blocks of one partition share: its agenda and the register of its stations and of the
// places where frames can be dropped.
#pragma once

#include <string>
#include <vector>

#include "models/base/agenda.h"
#include "models/base/station.h"

namespace snsim {

struct Partition {
    explicit Partition(Agenda& partition_agenda) : agenda(partition_agenda) {}
    Partition(const Partition&) = delete;
    Partition& operator=(const Partition&) = delete;

    Agenda& agenda;
    StationRegistry stations;
    std::vector<std::string> places;

    /// Registers a place that drops frames; the id is what Frame::drop_place holds.
    [[nodiscard]] std::uint8_t add_place(std::string path) {
        SNSIM_CHECK(places.size() < 255, "more than 255 places that drop frames");
        places.push_back(std::move(path));
        return static_cast<std::uint8_t>(places.size() - 1);
    }
};

}  // namespace snsim
