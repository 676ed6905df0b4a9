#pragma once
// What an option or an argument takes, in a word. Help and manuals show it, and completion knows by it what to offer.
#include <string>
#include <string_view>

namespace kms::cli {

inline constexpr std::string_view kFileWord = "FILE";
inline constexpr std::string_view kDirectoryWord = "DIRECTORY";
inline constexpr std::string_view kKeyWord = "KEY";
inline constexpr std::string_view kAliasWord = "ALIAS";
inline constexpr std::string_view kPrincipalWord = "PRINCIPAL";
inline constexpr std::string_view kRegionWord = "REGION";
inline constexpr std::string_view kActionWord = "ACTION";
inline constexpr std::string_view kOperationWord = "OPERATION";
inline constexpr std::string_view kPolicyWord = "POLICY";  // a document, or the name of a file that holds one

// `name` is that of an option without its dashes, or of an argument: one name takes the same everywhere. Empty where
// the name says nothing.
std::string_view value_word(std::string_view name);

}  // namespace kms::cli
