#include "models/functions/tcp_state.h"

#include "models/protocols/headers.h"

namespace snsim {

namespace {

using S = ConnectionState;

constexpr TcpTransition to(S next) { return {TcpAction::move, next, false}; }
constexpr TcpTransition exchange_to(S next) { return {TcpAction::move, next, true}; }
constexpr TcpTransition pass{TcpAction::pass, S::free, false};
constexpr TcpTransition drop{TcpAction::drop, S::free, false};
constexpr TcpTransition open{TcpAction::open, S::syn_sent, false};

constexpr uint8_t deciding = tcp_flag::syn | tcp_flag::ack | tcp_flag::fin | tcp_flag::rst;

constexpr TcpKind classify(uint8_t flags) {
    switch (flags & deciding) {
        case tcp_flag::syn: return TcpKind::syn;
        case tcp_flag::syn | tcp_flag::ack: return TcpKind::syn_ack;
        case tcp_flag::ack: return TcpKind::ack;
        case tcp_flag::fin | tcp_flag::ack: return TcpKind::fin;
        case tcp_flag::rst:
        case tcp_flag::rst | tcp_flag::ack: return TcpKind::rst;
        default: return TcpKind::invalid;
    }
}

constexpr std::array<TcpKind, 32> make_kinds() {
    std::array<TcpKind, 32> kinds{};
    for (uint8_t flags = 0; flags < 32; ++flags) kinds[flags] = classify(flags);
    return kinds;
}
constexpr std::array<const char*, static_cast<size_t>(S::count_)> names{
    "free",     "syn_sent",   "syn_sent_both", "syn_recv",     "established",
    "fin_wait", "close_wait", "last_ack",      "time_wait",    "closed",
    "one_way",  "two_way",    "echo",          "echo_replied", "fragments"};

}  // namespace

const char* to_text(ConnectionState state) { return names[static_cast<size_t>(state)]; }

const std::array<TcpKind, 32> tcp_tables::kinds = make_kinds();

// Per state: packets from the first role, packets from the second; syn, syn_ack, ack, fin, rst.
const std::array<std::array<std::array<TcpTransition, 5>, 2>, tcp_tables::states>
    tcp_tables::transitions{{
        // syn_sent
        {{{to(S::syn_sent), drop, drop, drop, to(S::closed)},
          {to(S::syn_sent_both), to(S::syn_recv), pass, drop, to(S::closed)}}},
        // syn_sent_both
        {{{to(S::syn_sent_both), exchange_to(S::syn_recv), drop, drop, to(S::closed)},
          {to(S::syn_sent_both), to(S::syn_recv), drop, drop, to(S::closed)}}},
        // syn_recv
        {{{to(S::syn_recv), to(S::established), to(S::established), to(S::fin_wait), to(S::closed)},
          {drop, to(S::syn_recv), to(S::syn_recv), exchange_to(S::fin_wait), to(S::closed)}}},
        // established
        {{{pass, pass, to(S::established), to(S::fin_wait), to(S::closed)},
          {pass, pass, to(S::established), exchange_to(S::fin_wait), to(S::closed)}}},
        // fin_wait
        {{{pass, pass, to(S::fin_wait), to(S::fin_wait), to(S::closed)},
          {pass, pass, to(S::close_wait), to(S::last_ack), to(S::closed)}}},
        // close_wait
        {{{pass, pass, to(S::close_wait), to(S::close_wait), to(S::closed)},
          {pass, pass, to(S::close_wait), to(S::last_ack), to(S::closed)}}},
        // last_ack
        {{{pass, pass, to(S::time_wait), to(S::last_ack), to(S::closed)},
          {pass, pass, to(S::last_ack), to(S::last_ack), to(S::closed)}}},
        // time_wait
        {{{open, drop, to(S::time_wait), to(S::time_wait), to(S::closed)},
          {open, drop, to(S::time_wait), to(S::time_wait), to(S::closed)}}},
        // closed
        {{{open, drop, drop, drop, pass}, {open, drop, drop, drop, pass}}},
    }};

}  // namespace snsim
