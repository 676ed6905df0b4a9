#pragma once
// What a call does outside of the store: counting a use of a data key in memory, having a token sign. A call may run
// several times, from the start each time, and what it did outside is not done again.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kms {

// Whether a run of a call may wait for what is done elsewhere, as in a custom key store.
enum class Pace : std::uint8_t { kAny, kQuick };

// Of one call, through all its runs. What something is called is unique in the call, and says all that it depends on:
// another run may ask for something else. One thread at a time.
class OutsideEffects {
 public:
  // What `act` answered, in this run or an earlier one. It is done at once.
  template <class T, class Act>
  T& once(std::string_view name, const Act& act) {
    std::shared_ptr<void>& done = done_of(name);
    if (!done) done = std::make_shared<T>(act());
    return *static_cast<T*>(done.get());
  }

  // The same for what may take long. In the run that asks first the answer is null: the handler returns, whatever it
  // answers is dropped, and the door does the work when the run's transaction has ended, and runs the call again, which
  // requires everything again. `work` may refer to the request, and to nothing else of the run.
  template <class T, class Work>
  std::shared_ptr<const T> elsewhere(std::string_view name, Work work) {
    std::shared_ptr<void>& done = done_of(name);
    if (!done) work_ = [&done, work = std::move(work)]() mutable { done = std::make_shared<T>(work()); };
    return std::static_pointer_cast<const T>(done);
  }
  // What takes back what was done elsewhere, for when the call fails in the end. Throws nothing.
  void take_back_by(std::function<void()> action) { take_back_.push_back(std::move(action)); }

  // For the door. do_work() throws what the work throws.
  bool has_work() const { return static_cast<bool>(work_); }
  void do_work() { std::exchange(work_, nullptr)(); }
  void drop_work() { work_ = nullptr; }
  void take_back() {
    for (const auto& action : std::exchange(take_back_, {})) action();
  }

 private:
  std::shared_ptr<void>& done_of(std::string_view name) {
    const auto found = done_.find(name);
    return found != done_.end() ? found->second : done_[std::string(name)];
  }

  std::map<std::string, std::shared_ptr<void>, std::less<>> done_;  // nothing in it moves
  std::function<void()> work_;
  std::vector<std::function<void()>> take_back_;
};

}  // namespace kms
