#include "runtime/pool.h"

#include <exception>

#include "runtime/log.h"

namespace madang::runtime {

Pool::Pool(Options options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() { close(); }

bool Pool::try_submit(Job job) {
  {
    std::scoped_lock const lock(mutex_);
    if (closing_ || queue_.size() >= options_.queue_max) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Pool::close() {
  {
    std::scoped_lock const lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::size_t Pool::waiting() const {
  std::scoped_lock const lock(mutex_);
  return queue_.size();
}

void Pool::work() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      job();
    } catch (std::exception const& e) {
      log_error("runtime", "job_threw", {{"pool", options_.name}, {"what", e.what()}});
    }
  }
}

}  // namespace madang::runtime
