// Who is next: jobs that wait, by the account that each is of. An account with one at work, or that has just had one, waits behind
// all others that want something; the jobs of one account stay in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace madang::runtime {

/// Not synchronised. All of one account: first come, first served.
class Turns {
 public:
  using Job = std::move_only_function<void()>;
  using Ticket = std::uint64_t;
  struct Turn {
    std::string account;
    Job job;
  };

  Ticket add(std::string_view account, Job job);
  /// The next job, which is at work from now on until `ended`. None: nothing waits.
  std::optional<Turn> take();
  void ended(std::string_view account);
  /// A job that waits no more; none: it does not wait.
  std::optional<Job> withdraw(Ticket ticket);
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  struct Waiting {
    Ticket ticket;
    Job job;
  };
  struct Account {
    std::deque<Waiting> jobs;  ///< by their tickets
    std::size_t at_work = 0;
    Ticket since = 0;  ///< its place among the accounts: when it came, or last had its turn
  };
  using Accounts = std::map<std::string, Account, std::less<>>;

  [[nodiscard]] Accounts::iterator next();
  void forget_idle(Accounts::iterator account);

  Accounts accounts_;  ///< those alone for which something waits or is at work
  std::size_t waiting_ = 0;
  Ticket next_ticket_ = 1;
};

}  // namespace madang::runtime
