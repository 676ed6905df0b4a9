#include "cli/argument_parser.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "cli/value_words.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {

struct ArgumentRules {
  CLI::App* app = nullptr;  // of the command, without its groups
  std::set<const CLI::Option*> may_be_empty;
  std::vector<std::pair<const CLI::Option*, const Field*>> fields;
  std::vector<std::pair<const CLI::Option*, std::function<void(const std::vector<std::string>&)>>> readers;
};

namespace {

constexpr const char* kBlobType = "BLOB";
constexpr const char* kWordType = "WORD";

bool is_text(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type != kFileWord && type != kDirectoryWord && type != kBlobType && type != kWordType;
}

void require_texts(const CLI::Option& option, bool may_be_empty) {
  for (const std::string& value : option.results()) {
    if (value.empty() && !may_be_empty) {
      throw Error(ErrorCode::kUsage,
                  cat(option.get_name(), ": the value is empty, as that of a variable that is not set; ",
                      "give one, or leave the option out"));
    }
    if (is_text(option) && !is_utf8(value)) {
      throw Error(ErrorCode::kUsage, cat(option.get_name(), ": '", value, "' is not UTF-8, which all text here is"));
    }
  }
}

// Of the command, with its groups.
void require_texts(const CLI::App& app, const ArgumentRules& rules) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() > 0) require_texts(*option, rules.may_be_empty.count(option) > 0);
  }
  for (const CLI::App* group : app.get_subcommands({})) require_texts(*group, rules);
}

}  // namespace

Argument Argument::required() const {
  return {option_->required(), rules_};
}

Argument Argument::needs(std::string_view name) const {
  return {option_->needs(rules_->app->get_option(std::string(name))), rules_};
}

Argument Argument::type_name(const std::string& name) const {
  return {option_->type_name(name), rules_};
}

Argument Argument::names_file() const {
  return type_name(std::string(kFileWord));
}

Argument Argument::may_be_empty() const {
  rules_->may_be_empty.insert(option_);
  return *this;
}

Argument Argument::takes_words() const {
  return type_name(kWordType).may_be_empty();
}

Argument Argument::repeatable() const {
  return {option_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false), rules_};
}

Argument Argument::all_words() const {
  return {option_->expected(CLI::detail::expected_max_vector_size), rules_};
}

Argument Argument::several_words() const {
  constexpr int kMost = 1000;
  return {option_->expected(1, kMost)->allow_extra_args(false), rules_};
}

Argument Argument::value_or(const std::string& alone) const {
  return {option_->expected(0, 1)->default_str(alone), rules_};
}

Argument Argument::among(std::vector<std::string> values) const {
  return {option_->check(CLI::IsMember(std::move(values))), rules_};
}

Argument Argument::of_field(const Field& field) const {
  rules_->fields.emplace_back(option_, &field);
  return *this;
}

Argument Argument::on_value(std::function<void(const std::vector<std::string>&)> read) const {
  rules_->readers.emplace_back(option_, std::move(read));
  return *this;
}

std::string Argument::name() const {
  return option_->get_name();
}

bool Argument::given() const {
  return option_->count() > 0;
}

const std::vector<std::string>& Argument::texts() const {
  return option_->results();
}

ArgumentParser::ArgumentParser(CLI::App& app) : ArgumentParser(app, std::make_shared<ArgumentRules>()) {
  rules_->app = &app;
}

ArgumentParser::ArgumentParser(CLI::App& app, std::shared_ptr<ArgumentRules> rules)
    : app_(&app), rules_(std::move(rules)) {}

Argument ArgumentParser::handle(CLI::Option* option) const {
  return {option, rules_};
}

Argument ArgumentParser::add_option(const std::string& names, const std::string& help) {
  return handle(app_->add_option(names, CLI::callback_t{}, help));
}

Argument ArgumentParser::add_flag(const std::string& names, const std::string& help) {
  return handle(app_->add_flag(names, help));
}

ArgumentParser ArgumentParser::add_exclusive_group(const std::string& name, const std::string& help) {
  CLI::App* group = app_->add_option_group(name, help);
  group->require_option(0, 1);
  return {*group, rules_};
}

const Field* ArgumentParser::field_of(const CLI::Option* option) const {
  for (const auto& [of, field] : rules_->fields) {
    if (of == option) return field;
  }
  return nullptr;
}

void ArgumentParser::callback(std::function<void()> run) {
  app_->callback([app = app_, rules = rules_, run = std::move(run)] {
    require_texts(*app, *rules);
    for (const auto& [option, read] : rules->readers) {
      if (option->count() > 0) read(option->results());
    }
    run();
  });
}

}  // namespace kms::cli
