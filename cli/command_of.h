#pragma once
// A command made of a struct of options (option_fields.h) and a function that is given it.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cli/command.h"
#include "cli/option_fields.h"

namespace kms::cli {

template <class Options>
concept HasRequest = requires(const Options& options, Session& session) {
  options.request.print_skeleton(session);
};

// `run` may throw Error. `prints`, which outlives the command, is the operation whose answer it prints, if there is
// one. Options whose member `request` is FieldValues have a sample printed, where one is asked for, in place of the
// run.
template <class Options>
Command command(std::string path, std::string_view summary, std::string_view group,
                std::function<void(Session&, const Options&)> run, const OperationInfo* prints = nullptr,
                Options initial = {}) {
  const auto setup = [run = std::move(run), prints, initial = std::move(initial)](ArgumentParser& parser,
                                                                                  Session& session) {
    const auto options = std::make_shared<Options>(initial);
    if (prints != nullptr) parser.prints(*prints);
    OptionFields visit(parser);
    options->fields(visit);
    parser.callback([&session, options, run] {
      if constexpr (HasRequest<Options>) {
        if (options->request.print_skeleton(session)) return;
      }
      run(session, *options);
    });
  };
  return {std::move(path), summary, group, setup};
}

}  // namespace kms::cli
