#include "models/system/interface_params.h"

namespace snsim {

namespace {

/// A row of a struct that InterfaceParams derives from.
template <class Base>
RowPtr of_base(const RowPtr& row) {
    row->member = [inner = row->member](void* object) {
        return inner(static_cast<Base*>(static_cast<InterfaceParams*>(object)));
    };
    return row;
}

}  // namespace

const ParamTable& InterfaceParams::params() {
    using P = InterfaceParams;
    static const ParamTable table = [] {
        std::vector<RowPtr> rows{
            required(text("name", &P::name, "", "what paths and metrics call the interface",
                          no_witness("a label"))),
            planned({"vhba"},
                    choice("kind", &P::kind, InterfaceKind::vnic, {{"vnic", InterfaceKind::vnic}},
                           "what it is", "choice", no_witness("there is one kind so far"))),
            absent_as("auto", value("address", &P::address, std::nullopt,
                                    "IP address with the length of its network", "choice",
                                    no_witness("no function looks at it but routing"))),
            param("port", &P::port, 0, 0, 1,
                  "port of the card by which it sends where no routing function decides", "choice",
                  refused("host-to-wire", "1")),
        };
        for (const RowPtr& row : vnic_rows()) rows.push_back(of_base<VnicParams>(row));
        for (const RowPtr& row : driver_rows()) rows.push_back(of_base<DriverParams>(row));
        return TableOf<P>("an interface of the host's operating system on the card",
                          std::move(rows))
            .check([](const P& p, CheckReport& r) {
                if ((p.ring & (p.ring - 1)) != 0) {
                    r.error("ring", "'" + std::to_string(p.ring) + "' is no power of two");
                }
            });
    }();
    return table;
}

}  // namespace snsim
