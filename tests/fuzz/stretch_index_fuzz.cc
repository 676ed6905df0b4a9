// An index of a stretch of a log that anybody made up: it is refused as damaged, or answers all that can be asked.
#include <cstdlib>
#include <string>

#include "core/audit/stretch_index.h"
#include "core/audit/trail_usage.h"
#include "core/base/error.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;

void require(bool condition) {
  if (!condition) std::abort();
}

void ask(const StretchIndex& index) {
  EventFilter filter{"Encrypt", "arn:aws:iam::111122223333:user/x", "", "2026-01-01T00:00:00Z", ""};
  filter.id = "id";
  filter.failed = false;
  (void)index.candidates(filter);
  for (const auto kind :
       {IndexedText::kOperation, IndexedText::kPrincipal, IndexedText::kResource, IndexedText::kError}) {
    index.visit(kind, [&](std::string_view, const Positions& positions) {
      require(positions.count() <= kStretch);
      return true;
    });
  }
}

void count_by(const StretchIndex& index, UsageKind kind) {
  UsageQuestion question;
  question.by = kind;
  TrailUsage usage(question);
  usage.add(index, Positions::all());
  require(usage.total().count == kStretch);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const StretchIndex index(std::string(as_text(ByteView(data, size))));
    ask(index);
    for (const auto kind :
         {UsageKind::kKey, UsageKind::kPrincipal, UsageKind::kOperation, UsageKind::kDay, UsageKind::kError}) {
      count_by(index, kind);
    }
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kVaultDamaged);
  }
  return 0;
}
