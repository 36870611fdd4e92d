// snsim completion: scripts that let shells complete commands, options and scenarios.
#include <fmt/core.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "models/base/diagnostics.h"

namespace snsim {
namespace {

std::string names(const char* separator) {
    std::string out;
    for (const Command& command : commands()) {
        out += (out.empty() ? "" : separator) + command.name;
    }
    return out;
}

void bash() {
    fmt::print(R"SH(# snsim completion for bash: source <(snsim completion bash)
_snsim() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} options=
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
        return
    fi
    case $command in
        run) options="--output --set --seed --find --json --pcap --progress --help" ;;
        sweep) options="--output --jobs --check --resume --executor --seed --json --progress --help" ;;
        check) options="--resolved --set --seed --help" ;;
        params) options="--format --help" ;;
        list) options="scenarios sweeps profiles functions services metrics" ;;
        new) options="scenario" ;;
        completion) options="bash zsh" ;;
    esac
    case $command:$word in
        run:-* | sweep:-* | check:-* | params:* | list:* | new:* | completion:*)
            COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
        sweep:*)
            COMPREPLY=($(compgen -f -- "$word")
                       $(compgen -W "$(snsim list sweeps 2>/dev/null | cut -d' ' -f1)" -- "$word")) ;;
        run:* | check:*)
            COMPREPLY=($(compgen -f -- "$word")
                       $(compgen -W "$(snsim list scenarios 2>/dev/null | cut -d' ' -f1)" -- "$word")) ;;
    esac
}}
complete -o filenames -F _snsim snsim
)SH",
               names(" "));
}

void zsh() {
    fmt::print(R"SH(#compdef snsim
# snsim completion for zsh: source <(snsim completion zsh)
_snsim() {{
    if (( CURRENT == 2 )); then
        local -a names=(
)SH");
    for (const Command& command : commands()) {
        fmt::print("            '{}:{}'\n", command.name, command.summary);
    }
    fmt::print(R"SH(        )
        _describe command names
        return
    fi
    case ${{words[2]}} in
        run) _arguments '-o[results file]:file:_files' '--set[PATH=VALUE]' '--seed[N]' '--find[search]' '--json' \
                 '--pcap[folder]:folder:_files -/' '--progress:when:(auto always never)' \
                 '*:scenario:_files -g "*.yaml"' ;;
        sweep) _arguments '-o[results file]:file:_files' '-j[jobs]' '--check' '--resume' '--seed[N]' '--json' \
                 '--executor:where:(local slurm)' '--progress:when:(auto always never)' \
                 '*:sweep:_files -g "*.yaml"' ;;
        check) _arguments '--resolved' '--set[PATH=VALUE]' '*:scenario:_files -g "*.yaml"' ;;
        params) _arguments '--format:format:(text json md)' ;;
        list) _values what scenarios sweeps profiles functions services metrics ;;
        new) _values what scenario ;;
        completion) _values shell bash zsh ;;
    esac
}}
compdef _snsim snsim
)SH");
}

}  // namespace

int cmd_completion(const Arguments& arguments) {
    Options options("completion", "completion bash|zsh",
                    "Prints a script that makes the shell complete snsim's commands and options.",
                    "  source <(snsim completion bash)");
    options.add_argument("SHELL");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    const std::string shell = options.required(values, "SHELL");
    if (shell == "bash") {
        bash();
    } else if (shell == "zsh") {
        zsh();
    } else {
        throw UsageError("knows bash and zsh, not '" + shell + "'" +
                         did_you_mean(shell, {"bash", "zsh"}));
    }
    return exit_fine;
}

}  // namespace snsim
