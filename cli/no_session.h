#pragma once
// A session with nothing behind it, for whoever asks commands what they take: what they would do throws kInternal.
#include <sstream>

#include "cli/session.h"

namespace kms::cli {

class NoSession : public Session {
 public:
  Json call(std::string_view operation, Json request) override;
  Json call_through(std::string_view service, std::string_view operation, Json request) override;
  Json call_in(const std::string& region, std::string_view service, std::string_view operation, Json request) override;
  void require_open() override {}
  bool uses_agent() override { return false; }
  const AccountRegion& home() override { return home_; }
  const std::string& principal() override { return principal_; }
  const std::string& mode() override { return principal_; }
  void close() override {}
  const GlobalOptions& options() const override { return options_; }
  std::ostream& out() override { return out_; }
  std::ostream& err() override { return err_; }
  Terminal& terminal() override;
  Random& random() override;
  const Clock& clock() const override;

 private:
  GlobalOptions options_;
  AccountRegion home_;
  std::string principal_;
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace kms::cli
