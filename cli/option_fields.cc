#include "cli/option_fields.h"

namespace kms::cli {

Argument OptionFields::add(std::string_view names, Form form, const OptionRule& rule) {
  const std::string help(rule.help);
  Argument argument =
      form.flag ? parser_.add_flag(std::string(names), help) : parser_.add_option(std::string(names), help);
  if (!rule.needs.empty()) argument.needs(rule.needs);
  if (rule.may_be_empty) argument.may_be_empty();
  if (form.many && !rule.several_words) names.starts_with("-") ? argument.repeatable() : argument.all_words();
  if (rule.several_words) argument.several_words();
  if (!rule.type.empty()) argument.type_name(std::string(rule.type));
  if (rule.file) argument.names_file();
  if (rule.foreign_words) argument.takes_words();
  if (!rule.among.empty()) argument.among(rule.among);
  if (rule.required) argument.required();
  return argument;
}

}  // namespace kms::cli
