// Any text as a policy of each kind: it is refused as malformed, or it parses and decides the same twice, and an
// explicit Deny never allows. It lets nobody in whom it lets in already, and nobody of the account is an outsider.
#include <cstdlib>

#include "core/base/error.h"
#include "core/model/principal.h"
#include "core/policy/evaluate.h"
#include "core/policy/outsiders.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::policy;

Request request() {
  Request out;
  out.principal = {PrincipalType::kUser, "arn:aws:iam::111122223333:user/alice", "111122223333", "", "", ""};
  out.action = "kms:Decrypt";
  out.resource = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  out.resource_account = "111122223333";
  out.context.set("aws:SourceIp", "203.0.113.9");
  out.context.set("aws:CurrentTime", "2026-03-01T09:30:00Z");
  out.context.set("aws:PrincipalTag/team", "*");
  out.context.set_all("kms:ResourceAliases", {"alias/a", "alias/b"});
  return out;
}

constexpr std::string_view kAccount = "111122223333";

void compare_with_itself(const Document& document) {
  if (!newly_allowed(&document, document, kAccount).empty()) std::abort();
  for (const std::string& name : newly_allowed(nullptr, document, kAccount)) {
    if (account_of(name) == kAccount) std::abort();
  }
}

void decide(DocumentKind kind, std::string_view text) {
  try {
    const NamedDocument document{"fuzz", parse(kind, text)};
    compare_with_itself(*document.document);
    Policies policies;
    if (document.document->kind == DocumentKind::kKeyPolicy) policies.key_policy = document;
    policies.identity = {document};
    const Decision first = evaluate(request(), policies);
    const Decision second = evaluate(request(), policies);
    if (first.allowed != second.allowed || (first.allowed && first.explicit_deny)) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kMalformedPolicy) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  for (const DocumentKind kind : {DocumentKind::kKeyPolicy, DocumentKind::kIdentity, DocumentKind::kTrust}) {
    decide(kind, text);
  }
  return 0;
}
