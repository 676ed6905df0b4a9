#pragma once
// What the commands for people share.
#include <string>
#include <string_view>
#include <vector>

#include "cli/named_files.h"
#include "cli/terminal.h"
#include "core/base/bytes.h"
#include "core/base/json.h"
#include "core/base/secret_bytes.h"
#include "core/service/field.h"
#include "core/store/slots.h"

namespace kms::cli {

inline constexpr const char* kKeyHelp = "Key id, key ARN, alias name or alias ARN";

Json tag_members(const TextMap& tags);  // as requests have them: TagKey and TagValue of each

// Bytes as a member of a request. Whoever is given the request wipes it.
Json blob_member(ByteView bytes);
Json blob_member(const SecretBytes& bytes);

class Session;
// An id or ARN for the operations that take no alias: asks which key an alias means. Other names pass as they are.
std::string key_of(Session& session, const std::string& name);
// For a command that prints no answer: UsageException where --output or --query was given. `what` it prints instead.
void refuse_answer_form(const Session& session, std::string_view what);
void print(Session& session, Json answer);                                         // as the session's options say
void print_pages(Session& session, const OperationInfo& operation, Json request);  // all of them
// With alias/ in front, which may be left out on a command line.
std::string alias_name(const std::string& name);
// What cannot be taken back: true when `yes`, else asks. UsageException where there is nobody to ask.
bool confirmed(Session& session, bool yes, std::string_view question);

// Text of others for a line of our own: control characters, newlines too, as escapes. `text` is a JSON string.
std::string shown(const Json& text);
// A policy file as it is; - is standard input. FileException for more than 1 MiB.
std::string file_text(Session& session, const std::string& path);
std::string pretty_policy(const std::string& policy);  // indented, when it is JSON
// Of an operation that answers with a Policy: the document, or the answer where the command line names its form.
void print_policy(Session& session, const OperationInfo& operation, Json request);
// A person is told, and may go on: whoever copies the vault can try passphrases for as long as it takes.
void note_short_passphrase(Session& session, SlotKind kind, const SecretBytes& secret);

// Ciphertext and keys are not for eyes: FileException when standard output is a terminal.
// `armored`: -a would make text of it.
void refuse_terminal(Terminal& terminal, std::string_view what, bool armored = false);

}  // namespace kms::cli
