#include "core/audit/alert_notice.h"

#include <nlohmann/json.hpp>

#include "core/base/json_text.h"
#include "core/base/text.h"

namespace kms {

std::string notice_text(const Alert& alert, std::string_view account, const AlertNews& news) {
  std::string out;
  JsonObjectWriter notice(out);
  notice.name("version");
  out += '1';
  notice.plain("id", news.id)
      .text("alert", alert.name)
      .plain("condition", to_text(alert.condition))
      .plain("account", account)
      .plain("time", iso_seconds(news.time))
      .text("text", cat("kmsctl alert ", alert.name, ": ", news.text));
  if (!news.key.empty()) notice.text("key", news.key);
  if (news.due) notice.plain("due", iso_seconds(*news.due));
  if (news.count) notice.json("count", *news.count);
  if (news.test) notice.flag("test", true);
  if (!news.event.empty()) {
    notice.name("event");
    out += news.event;
  }
  notice.end();
  return out;
}

}  // namespace kms
