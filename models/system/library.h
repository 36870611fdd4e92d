// Where scenarios and profiles live on disk: the user's own folder first, then the repository's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snsim {

class Library {
  public:
    /// `home` is the repository's root; empty when there is none.
    explicit Library(std::string home) : home_(std::move(home)) {}

    [[nodiscard]] const std::string& home() const { return home_; }

    /// The file of a scenario: a path as it is, or a bare name below scenarios/; empty if neither.
    [[nodiscard]] std::string find_scenario(const std::string& text) const;
    /// Names of the repository's scenarios, sorted.
    [[nodiscard]] std::vector<std::string> scenarios() const;

    /// The same of sweeps, below scenarios/sweeps/.
    [[nodiscard]] std::string find_sweep(const std::string& text) const;
    [[nodiscard]] std::vector<std::string> sweeps() const;

    /// The file of a profile; `kind` is the folder (`cards`), `near` the scenario's folder.
    [[nodiscard]] std::string find_profile(std::string_view kind, const std::string& name,
                                           const std::string& near) const;
    /// Names of all profiles of a kind, sorted.
    [[nodiscard]] std::vector<std::string> profiles(std::string_view kind,
                                                    const std::string& near) const;

  private:
    [[nodiscard]] std::string find_file(const std::string& text, const char* folder) const;
    [[nodiscard]] std::vector<std::string> folders(std::string_view kind,
                                                   const std::string& near) const;

    std::string home_;
};

/// A path as messages show it: relative to the working directory when it lies below it.
[[nodiscard]] std::string shown_path(const std::string& path);

/// The comment a file begins with, first sentence only: what it is.
[[nodiscard]] std::string file_about(const std::string& path);

}  // namespace snsim
