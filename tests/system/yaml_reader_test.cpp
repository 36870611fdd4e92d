#include "models/system/yaml_reader.h"

#include <gmock/gmock.h>

namespace snsim {
namespace {

using testing::HasSubstr;

struct Read {
    Node node;
    std::string errors;
};

Read read(const std::string& text) {
    Diagnostics d;
    Node node = read_yaml(text, std::make_shared<const Source>(Source{"a.yaml", ".", 0, true}), d);
    return {std::move(node), d.text()};
}

TEST(YamlReader, KeepsLineAndColumnOfKeysAndValues) {
    const auto r = read("name: x\ntraffic:\n  - {name: a, rate: 10 %}\n  - name: b\n");
    EXPECT_EQ(r.errors, "");
    EXPECT_EQ(find_path(r.node, "name")->origin.text(), "a.yaml:1:7");
    EXPECT_EQ(find_path(r.node, "a.rate")->origin.text(), "a.yaml:3:21");
    EXPECT_EQ(find_path(r.node, "traffic.0")->entry("rate")->origin.text(), "a.yaml:3:15");
    EXPECT_EQ(find_path(r.node, "b.name")->origin.text(), "a.yaml:4:11");
    EXPECT_EQ(r.node.flow(), "{name: x, traffic: [{name: a, rate: 10 %}, {name: b}]}");
}

TEST(YamlReader, ScalarsStayText) {
    const auto r =
        read("{a: yes, b: off, c: 010, d: 1e3, e: 'null', f: null, g: ~, h: , i: 12:30}");
    EXPECT_EQ(r.errors, "");
    EXPECT_EQ(r.node.find("a")->text, "yes");
    EXPECT_EQ(r.node.find("b")->text, "off");
    EXPECT_EQ(r.node.find("c")->text, "010");
    EXPECT_EQ(r.node.find("d")->text, "1e3");
    EXPECT_TRUE(r.node.find("e")->is_scalar());
    EXPECT_TRUE(r.node.find("f")->is_null());
    EXPECT_TRUE(r.node.find("g")->is_null());
    EXPECT_TRUE(r.node.find("h")->is_null());
    EXPECT_EQ(r.node.find("i")->text, "12:30");
}

TEST(YamlReader, RefusesDuplicateKeys) {
    const auto r = read("traffic:\n  - name: a\n    rate: 1 %\n    rate: 2 %\nseed: 1\nseed: 2\n");
    EXPECT_EQ(r.errors,
              "error: a.yaml:4:5: a.rate: duplicate key 'rate' (first on line 3)\n"
              "error: a.yaml:6:1: seed: duplicate key 'seed' (first on line 5)\n");
    EXPECT_EQ(find_path(r.node, "a.rate")->text, "1 %");
}

TEST(YamlReader, RefusesTabsInIndentation) {
    EXPECT_EQ(read("a:\n\tb: 1\n").errors,
              "error: a.yaml:2:1: a tab in the indentation; use spaces\n");
    EXPECT_EQ(read("a:\n  \tb: 1\n").errors,
              "error: a.yaml:2:3: a tab in the indentation; use spaces\n");
    EXPECT_EQ(read("a: 1\t# comment\n").errors, "");
}

TEST(YamlReader, AliasesCopyTheAnchor) {
    const auto r = read("a: &x {k: 1}\nb: *x\n");
    EXPECT_EQ(r.errors, "");
    EXPECT_EQ(r.node.flow(), "{a: {k: 1}, b: {k: 1}}");
    EXPECT_EQ(find_path(r.node, "b.k")->origin.text(), "a.yaml:1:11");
}

TEST(YamlReader, MultiplyingAliasesAreStopped) {
    std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        const std::string before(1, static_cast<char>(c - 1));
        text += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 9; ++i) text += "*" + before + ", ";
        text += "*" + before + "]\n";
    }
    EXPECT_THAT(read(text).errors, HasSubstr("aliases multiply to too many"));
}

TEST(YamlReader, RefusesWhatItDoesNotMean) {
    EXPECT_THAT(read("a: &x {k: 1}\nb:\n  <<: *x\n").errors,
                HasSubstr("a.yaml:3:3: b.<<: merge keys (<<) are not supported"));
    EXPECT_THAT(read("a: !!int 3\n").errors, HasSubstr("has no meaning here"));
    EXPECT_THAT(read("a: !foo {b: 1}\n").errors, HasSubstr("tag '!foo'"));
    EXPECT_THAT(read("? [a, b]\n: 1\n").errors, HasSubstr("a key must be text"));
    EXPECT_THAT(read("a: 1\n---\nb: 2\n").errors, HasSubstr("text after the end"));
    EXPECT_THAT(read(", a: 1\n").errors, HasSubstr("text after the end"));
    EXPECT_THAT(read("a: 1\n...\nx\n---\n1\n").errors, HasSubstr("text after the end"));
}

TEST(YamlReader, ExplainsBrokenSyntax) {
    EXPECT_THAT(read("a: {b: 1\n").errors, HasSubstr("a '{' without its '}'"));
    EXPECT_THAT(read("a: [b, c\n").errors, HasSubstr("a '[' without its ']'"));
    EXPECT_THAT(read("a: b: c\n").errors, HasSubstr("a.yaml:1:"));
    EXPECT_THAT(read("a: 1\n b: 2\n").errors, HasSubstr("a.yaml:2:"));
    EXPECT_THAT(read("a: @x\n").errors, HasSubstr("a.yaml:1:4"));
}

TEST(YamlReader, RefusesWhatIsNoText) {
    EXPECT_EQ(read("a: 1\nb: d\xe9mo\n").errors,
              "error: a.yaml:2:5: the byte 0xe9 is not UTF-8; save the text as UTF-8\n");
    EXPECT_EQ(read("# caf\xe9\na: 1\n").errors,
              "error: a.yaml:1:6: the byte 0xe9 is not UTF-8; save the text as UTF-8\n");
    EXPECT_THAT(read("\xff\xfe"
                     "a\n")
                    .errors,
                HasSubstr("a.yaml:1:1: the byte 0xff"));
    EXPECT_EQ(read(std::string("a: x\0y\n", 8)).errors,
              "error: a.yaml:1:5: a control character (0x00)\n");
    EXPECT_EQ(read("\xef\xbb\xbf"
                   "a: caf\xc3\xa9\r\n")
                  .errors,
              "");
}

TEST(YamlReader, RefusesEndlessNesting) {
    const std::string deep(100'000, '[');
    EXPECT_THAT(read("a: " + deep).errors, HasSubstr("values nested too deep"));
    std::string maps;
    for (int i = 0; i < 20'000; ++i) maps += "{a: ";
    EXPECT_THAT(read(maps).errors, HasSubstr("values nested too deep"));
}

TEST(YamlReader, EmptyTextIsNothing) {
    EXPECT_TRUE(read("").node.is_null());
    EXPECT_TRUE(read("# only a comment\n").node.is_null());
    EXPECT_EQ(read("").errors, "");
}

TEST(YamlReader, OptionValuesCarryTheOptionsLabel) {
    Diagnostics d;
    const Origin origin = labelled("--set #3", ".", 1000);
    const Node node = read_yaml_value("[64 B, {size: 1 kB}]", origin, d);
    EXPECT_TRUE(d.ok());
    EXPECT_EQ(node.items[1].find("size")->origin.text(), "--set #3");
    EXPECT_EQ(read_yaml_value("", origin, d).origin.text(), "--set #3");
    (void)read_yaml_value("[", origin, d);
    EXPECT_THAT(d.text(), HasSubstr("error: --set #3: "));
}

}  // namespace
}  // namespace snsim
