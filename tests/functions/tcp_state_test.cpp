#include "models/functions/tcp_state.h"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace snsim {
namespace {

const std::vector<ConnectionState> tcp_states{
    ConnectionState::syn_sent,    ConnectionState::syn_sent_both, ConnectionState::syn_recv,
    ConnectionState::established, ConnectionState::fin_wait,      ConnectionState::close_wait,
    ConnectionState::last_ack,    ConnectionState::time_wait,     ConnectionState::closed};
const std::vector<TcpKind> kinds{TcpKind::syn, TcpKind::syn_ack, TcpKind::ack, TcpKind::fin,
                                 TcpKind::rst};

std::string cell_of(const TcpTransition& transition) {
    switch (transition.action) {
        case TcpAction::pass: return "pass";
        case TcpAction::drop: return "drop";
        case TcpAction::open: return "open";
        case TcpAction::move: break;
    }
    return std::string(to_text(transition.next)) + (transition.exchange ? ", exchange" : "");
}

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream stream(line.substr(1));
    for (std::string cell; std::getline(stream, cell, '|');) {
        const size_t first = cell.find_first_not_of(' ');
        const size_t last = cell.find_last_not_of(' ');
        out.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    return out;
}

TEST(TcpState, FlagsNotListedAreInvalid) {
    const std::map<uint8_t, TcpKind> valid{{0x02, TcpKind::syn}, {0x12, TcpKind::syn_ack},
                                           {0x10, TcpKind::ack}, {0x11, TcpKind::fin},
                                           {0x04, TcpKind::rst}, {0x14, TcpKind::rst}};
    for (unsigned flags = 0; flags < 256; ++flags) {
        const auto deciding = static_cast<uint8_t>(flags & 0x17u);  // PSH, URG, ECE, CWR: ignored
        const auto known = valid.find(deciding);
        const TcpKind expected = known == valid.end() ? TcpKind::invalid : known->second;
        EXPECT_EQ(tcp_kind(static_cast<uint8_t>(flags)), expected) << flags;
    }
}

TEST(TcpState, TransitionsAreThoseOfThePage) {
    std::ifstream page("docs/functions.md");
    ASSERT_TRUE(page) << "run from the repository's root";
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> rows;
    std::string state;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.rfind("| state | from |", 0) == 0) inside = true;
        if (!inside || line.empty() || line[0] != '|') {
            inside = inside && !line.empty();
            continue;
        }
        std::vector<std::string> row = cells(line);
        ASSERT_EQ(row.size(), 7u) << line;
        if (!row[0].empty()) state = row[0];
        const std::vector<std::string> targets(row.begin() + 2, row.end());
        if (row[1] == "either") {
            rows[{state, "first"}] = rows[{state, "second"}] = targets;
        } else {
            rows[{state, row[1]}] = targets;
        }
    }
    for (const ConnectionState from : tcp_states) {
        for (const bool first : {true, false}) {
            std::vector<std::string> expected;
            for (const TcpKind kind : kinds) {
                expected.push_back(cell_of(tcp_transition(from, first, kind)));
            }
            EXPECT_EQ((rows[{to_text(from), first ? "first" : "second"}]), expected)
                << to_text(from) << ' ' << first;
        }
    }
}

TEST(TcpState, ResetsCloseFromEveryState) {
    for (const ConnectionState from : tcp_states) {
        if (from == ConnectionState::closed) continue;
        for (const bool first : {true, false}) {
            const TcpTransition transition = tcp_transition(from, first, TcpKind::rst);
            EXPECT_EQ(transition.action, TcpAction::move);
            EXPECT_EQ(transition.next, ConnectionState::closed);
        }
    }
}

}  // namespace
}  // namespace snsim
