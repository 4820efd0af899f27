#include "runtime/turns.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace madang::runtime {

Turns::Ticket Turns::add(std::string_view account, Job job) {
  auto const ticket = next_ticket_++;
  auto found = accounts_.find(account);
  if (found == accounts_.end()) found = accounts_.emplace(std::string{account}, Account{.jobs = {}, .at_work = 0, .since = ticket}).first;
  found->second.jobs.push_back({ticket, std::move(job)});
  ++waiting_;
  return ticket;
}

/// As few accounts wait at once as jobs do, and those are bounded.
Turns::Accounts::iterator Turns::next() {
  auto best = accounts_.end();
  auto const rank = [](Account const& account) { return std::tuple{account.at_work, account.since}; };
  for (auto it = accounts_.begin(); it != accounts_.end(); ++it) {
    if (it->second.jobs.empty()) continue;
    if (best == accounts_.end() || rank(it->second) < rank(best->second)) best = it;
  }
  return best;
}

std::optional<Turns::Turn> Turns::take() {
  auto const found = next();
  if (found == accounts_.end()) return std::nullopt;
  auto& account = found->second;
  Turn turn{.account = found->first, .job = std::move(account.jobs.front().job)};
  account.jobs.pop_front();
  ++account.at_work;
  --waiting_;
  return turn;
}

void Turns::ended(std::string_view account) {
  auto const found = accounts_.find(account);
  MADANG_ASSERT(found != accounts_.end());
  --found->second.at_work;
  found->second.since = next_ticket_++;
  forget_idle(found);
}

std::optional<Turns::Job> Turns::withdraw(Ticket ticket) {
  for (auto it = accounts_.begin(); it != accounts_.end(); ++it) {
    auto& jobs = it->second.jobs;
    auto const found = std::ranges::lower_bound(jobs, ticket, {}, &Waiting::ticket);
    if (found == jobs.end() || found->ticket != ticket) continue;
    std::optional<Job> gone = std::move(found->job);
    jobs.erase(found);
    --waiting_;
    forget_idle(it);
    return gone;
  }
  return std::nullopt;
}

void Turns::forget_idle(Accounts::iterator account) {
  if (account->second.jobs.empty() && account->second.at_work == 0) accounts_.erase(account);
}

}  // namespace madang::runtime
