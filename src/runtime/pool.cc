#include "runtime/pool.h"

#include <exception>

#include "runtime/log.h"

namespace madang::runtime {

Pool::Pool(Options options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() { close(); }

std::optional<Pool::Ticket> Pool::submit(Job job, std::string_view account) {
  Ticket ticket = 0;
  {
    Lock const lock(mutex_);
    if (closing_ || queue_.waiting() >= options_.queue_max) return std::nullopt;
    ticket = queue_.add(account, std::move(job));
  }
  wake_.notify_one();
  return ticket;
}

bool Pool::withdraw(Ticket ticket) {
  std::optional<Job> gone;  // after the lock: what a job holds may come back here
  Lock const lock(mutex_);
  gone = queue_.withdraw(ticket);
  return gone.has_value();
}

void Pool::close() {
  {
    Lock const lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::size_t Pool::waiting() const {
  Lock const lock(mutex_);
  return queue_.waiting();
}

void Pool::work() {
  std::optional<Turns::Turn> turn;
  for (;;) {
    {
      Lock lock(mutex_);
      if (turn) queue_.ended(turn->account);
      wake_.wait(lock, [this]() MADANG_REQUIRES(mutex_) { return closing_ || queue_.waiting() > 0; });
      turn = queue_.take();
      if (!turn) return;
    }
    try {
      std::exchange(turn->job, {})();
    } catch (std::exception const& e) {
      log_error("runtime", "job_threw", {{"pool", options_.name}, {"what", e.what()}});
    }
  }
}

}  // namespace madang::runtime
