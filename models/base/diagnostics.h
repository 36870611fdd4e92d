// All errors of a scenario, collected and printed together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/base/value_tree.h"

namespace snsim {

/// Collects what is wrong, wherever it is found, and prints it in the order of the files:
/// `error: FILE:LINE:COL: PATH: MESSAGE`.
class Diagnostics {
  public:
    struct Error {
        Origin origin;
        std::string path;  ///< canonical; may be empty
        std::string message;

        [[nodiscard]] std::string text() const;
    };

    /// An error said before at the same place is dropped.
    void error(const Origin& origin, std::string_view path, std::string message);

    [[nodiscard]] bool ok() const { return errors_.empty(); }
    [[nodiscard]] std::size_t size() const { return errors_.size(); }
    /// In file order: the scenario, its profiles, then options, each by line and column.
    [[nodiscard]] std::vector<Error> sorted() const;
    /// One line per error, each ended by a newline.
    [[nodiscard]] std::string text() const;

  private:
    std::vector<Error> errors_;
};

/// The choice a misspelt word most likely meant, or empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& choices);
/// `; did you mean 'frame_size'?`, or empty when none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& choices);
/// `a, b and c`; `nothing` for none, and no more than fits a message.
[[nodiscard]] std::string listing(const std::vector<std::string>& words,
                                  std::string_view last = "and");

}  // namespace snsim
