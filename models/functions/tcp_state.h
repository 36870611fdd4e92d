// Connection states of the firewall and the TCP transition table (docs/functions.md, "TCP").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace snsim {

enum class ConnectionState : uint8_t {
    free,
    syn_sent,       // SYN seen from the opener
    syn_sent_both,  // SYN seen from either side (simultaneous open)
    syn_recv,       // SYN+ACK seen
    established,
    fin_wait,      // FIN seen from the closer
    close_wait,    // and the other side has sent an ACK since: half closed
    last_ack,      // FIN seen from either side
    time_wait,     // and the closer has acknowledged
    closed,        // RST seen
    one_way,       // UDP and protocols other than TCP and ICMP: seen from the opener alone
    two_way,       // and answered
    echo,          // ICMP echo: seen from the opener alone
    echo_replied,  // and answered
    fragments,     // not a connection: later fragments of this datagram may pass
    count_,
};
[[nodiscard]] const char* to_text(ConnectionState state);

// What a segment is, by its SYN, ACK, FIN and RST flags.
enum class TcpKind : uint8_t { syn, syn_ack, ack, fin, rst, invalid };

enum class TcpAction : uint8_t {
    move,  // to the next state (or stay); refreshes the idle time
    pass,  // forward, changing nothing
    drop,  // bad_tcp_state, changing nothing
    open,  // treat as the first packet of a new connection
};

// The first role is the opener's up to established, and the closer's afterwards; `exchange` hands
// it to the other side.
struct TcpTransition {
    TcpAction action = TcpAction::drop;
    ConnectionState next = ConnectionState::free;
    bool exchange = false;
};

namespace tcp_tables {
inline constexpr size_t states = 9;  // syn_sent to closed
extern const std::array<TcpKind, 32> kinds;
extern const std::array<std::array<std::array<TcpTransition, 5>, 2>, states> transitions;
}  // namespace tcp_tables

[[nodiscard]] inline TcpKind tcp_kind(uint8_t flags) { return tcp_tables::kinds[flags & 31u]; }

// `from_first`: the sender holds the first role. `kind` is not invalid, `state` is a TCP state.
[[nodiscard]] inline TcpTransition tcp_transition(ConnectionState state, bool from_first,
                                                  TcpKind kind) {
    const size_t row = static_cast<size_t>(state) - static_cast<size_t>(ConnectionState::syn_sent);
    return tcp_tables::transitions[row][from_first ? 0 : 1][static_cast<size_t>(kind)];
}

}  // namespace snsim
