#include "models/base/value_tree.h"

#include <gtest/gtest.h>

#include "models/base/diagnostics.h"

namespace snsim {
namespace {

Origin at(const std::string& file, int line, int column, int rank = 0) {
    return {std::make_shared<const Source>(Source{file, ".", rank, true}), line, column};
}

Node host(const std::string& name, const std::string& clock) {
    return Node::map({{"name", {}, Node::scalar(name)},
                      {"card", {}, Node::map({{"clock", {}, Node::scalar(clock)}})}});
}

TEST(ValueTree, PathsTakeNamesBeforeIndices) {
    const Node root =
        Node::map({{"seed", {}, Node::scalar("1")},
                   {"hosts", {}, Node::list({host("host0", "1 GHz"), host("host1", "2 GHz")})}});
    EXPECT_EQ(find_path(root, "host1.card.clock")->text, "2 GHz");
    EXPECT_EQ(find_path(root, "hosts.1.card.clock")->text, "2 GHz");
    EXPECT_EQ(find_path(root, "hosts.host1.card.clock")->text, "2 GHz");
    EXPECT_EQ(find_path(root, ""), &root);
    EXPECT_EQ(find_path(root, "host2.card"), nullptr);
    EXPECT_EQ(find_path(root, "hosts.2"), nullptr);
    EXPECT_EQ(find_path(root, "seed.x"), nullptr);
}

TEST(ValueTree, MergingGoesKeyByKeyAndReplacesTheRest) {
    const Node base = Node::map(
        {{"a", {}, Node::scalar("1")},
         {"b", {}, Node::map({{"x", {}, Node::scalar("2")}, {"y", {}, Node::scalar("3")}})},
         {"c", {}, Node::list({Node::scalar("4"), Node::scalar("5")})}});
    const Origin over_origin = at("over.yaml", 3, 4);
    const Node over =
        Node::map({{"d", {}, Node::scalar("8")},
                   {"c", {}, Node::list({Node::scalar("7")})},
                   {"b", {}, Node::map({{"y", {}, Node::scalar("6", over_origin)}})}});
    const Node merged = merge(base, over);
    EXPECT_EQ(merged.flow(), "{a: 1, b: {x: 2, y: 6}, c: [7], d: 8}");
    EXPECT_EQ(find_path(merged, "b.y")->origin.text(), "over.yaml:3:4");
    EXPECT_EQ(find_path(merged, "b.x")->origin.text(), "default");
}

TEST(ValueTree, SetReplacesOrAppends) {
    Node node;
    node.set("a", Node::scalar("1"), {});
    node.set("b", Node::scalar("2"), {});
    node.set("a", Node::scalar("3"), {});
    EXPECT_EQ(node.flow(), "{a: 3, b: 2}");
}

TEST(ValueTree, ScalarsAreQuotedOnlyWhereTheyMust) {
    EXPECT_EQ(scalar_text("64 B"), "64 B");
    EXPECT_EQ(scalar_text("1/1000"), "1/1000");
    EXPECT_EQ(scalar_text(""), "\"\"");
    EXPECT_EQ(scalar_text("no"), "\"no\"");
    EXPECT_EQ(scalar_text("a: b"), "\"a: b\"");
    EXPECT_EQ(scalar_text("[x"), "\"[x\"");
    EXPECT_EQ(scalar_text("say \"x\", y"), "\"say \\\"x\\\", y\"");
}

TEST(Diagnostics, AreSortedAsTheFilesStand) {
    Diagnostics d;
    d.error(at("p.yaml", 1, 1, 1), "host0.card", "in a profile");
    d.error(at("s.yaml", 12, 9), "b", "later in the line");
    d.error(labelled("--set #2", ".", 1001), "c", "second option");
    d.error(labelled("--set #1", ".", 1000), "c", "first option");
    d.error(at("s.yaml", 12, 7), "traffic.0.frame_sise", "unknown key");
    d.error(at("s.yaml", 2, 30), "", "no path");
    d.error(at("s.yaml", 2, 30), "", "no path");  // the same again is one
    EXPECT_EQ(d.text(),
              "error: s.yaml:2:30: no path\n"
              "error: s.yaml:12:7: traffic.0.frame_sise: unknown key\n"
              "error: s.yaml:12:9: b: later in the line\n"
              "error: p.yaml:1:1: host0.card: in a profile\n"
              "error: --set #1: c: first option\n"
              "error: --set #2: c: second option\n");
}

TEST(Diagnostics, SuggestTheNearestName) {
    const std::vector<std::string> keys{"frame_size", "flows", "from", "rate", "name"};
    EXPECT_EQ(nearest("frame_sise", keys), "frame_size");
    EXPECT_EQ(nearest("framesize", keys), "frame_size");
    EXPECT_EQ(nearest("form", keys), "from");
    EXPECT_EQ(nearest("frame", keys), "frame_size");
    EXPECT_EQ(nearest("bandwidth", keys), "");
    EXPECT_EQ(nearest("x", keys), "");
    EXPECT_EQ(did_you_mean("rte", keys), "; did you mean 'rate'?");
    EXPECT_EQ(listing({"a", "b", "c"}), "a, b and c");
    EXPECT_EQ(listing({}), "nothing");
}

}  // namespace
}  // namespace snsim
