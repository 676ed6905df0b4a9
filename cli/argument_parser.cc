#include "cli/argument_parser.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <utility>

namespace kms::cli {

Argument Argument::required() const {
  return Argument(option_->required());
}

Argument Argument::needs(const Argument& other) const {
  return Argument(option_->needs(other.option_));
}

Argument Argument::type_name(const std::string& name) const {
  return Argument(option_->type_name(name));
}

Argument Argument::repeatable() const {
  return Argument(option_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

Argument Argument::one_value_each() const {
  return Argument(option_->allow_extra_args(false));
}

// CLI11 splits "[...]" at commas when there is no limit.
Argument Argument::up_to(int limit) const {
  return Argument(option_->expected(1, limit)->allow_extra_args(false));
}

Argument Argument::among(std::vector<std::string> values) const {
  return Argument(option_->check(CLI::IsMember(std::move(values))));
}

Argument Argument::number_among(const std::string& kind, std::vector<std::string> values) const {
  return Argument(option_->check(CLI::TypeValidator<unsigned>(kind) & CLI::IsMember(std::move(values))));
}

Argument Argument::within(std::int64_t least, std::int64_t most) const {
  return Argument(option_->check(CLI::Range(least, most)));
}

bool Argument::given() const {
  return option_->count() > 0;
}

const std::vector<std::string>& Argument::texts() const {
  return option_->results();
}

Argument ArgumentParser::add_option(const std::string& names, std::string& variable, const std::string& help) {
  return Argument(app_->add_option(names, variable, help));
}

Argument ArgumentParser::add_option(const std::string& names, std::vector<std::string>& variable,
                                    const std::string& help) {
  return Argument(app_->add_option(names, variable, help));
}

Argument ArgumentParser::add_option(const std::string& names, std::int32_t& variable, const std::string& help) {
  return Argument(app_->add_option(names, variable, help));
}

Argument ArgumentParser::add_option(const std::string& names, std::int64_t& variable, const std::string& help) {
  return Argument(app_->add_option(names, variable, help));
}

Argument ArgumentParser::add_option(const std::string& names, const std::function<void(const std::string&)>& set,
                                    const std::string& help) {
  return Argument(app_->add_option_function<std::string>(names, set, help));
}

Argument ArgumentParser::add_option(const std::string& names, const std::string& help) {
  return Argument(app_->add_option(names, CLI::callback_t{}, help));
}

Argument ArgumentParser::add_flag(const std::string& names, bool& variable, const std::string& help) {
  return Argument(app_->add_flag(names, variable, help));
}

Argument ArgumentParser::add_flag(const std::string& names, const std::string& help) {
  return Argument(app_->add_flag(names, help));
}

ArgumentParser ArgumentParser::add_exclusive_group(const std::string& name, const std::string& help) {
  CLI::App* group = app_->add_option_group(name, help);
  group->require_option(0, 1);
  return ArgumentParser(*group);
}

void ArgumentParser::callback(std::function<void()> run) {
  app_->callback(std::move(run));
}

}  // namespace kms::cli
