#include "study/worker_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>

#include "workloads/field_name.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

struct Pipe {
    Pipe() {
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw_system_failure(field_name("jobs") + ": no pipe to a process", errno);
        }
    }
    int ends[2];
};

bool read_all(int file, void* data, std::size_t bytes) {
    auto* to = static_cast<char*>(data);
    while (bytes > 0) {
        const ssize_t got = ::read(file, to, bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        to += got;
        bytes -= std::size_t(got);
    }
    return true;
}

bool send(int file, const nlohmann::ordered_json& message) {
    const std::vector<std::uint8_t> bytes = nlohmann::ordered_json::to_cbor(message);
    const std::uint64_t size = bytes.size();
    return write_whole(file, &size, sizeof size) == 0 && write_whole(file, bytes.data(), bytes.size()) == 0;
}

// What a worker means that has ended without a word. Signals that no instruction of its own can cause come from the
// host: of the kernel that needs its memory, of a limit, of somebody.
Failure lost_worker(pid_t process, const std::string& layer) {
    int status = 0;
    ::waitpid(process, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemoryStatus) {
        return {Failure::Of::host, fmt::format("layer {}: the host has not enough memory; use fewer {}",
                                               quoted_name(layer), field_name("jobs"))};
    }
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const bool fault = signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE ||
                       signal == SIGILL || signal == 0;
    return {fault ? Failure::Of::program : Failure::Of::host,
            fmt::format("layer {}: its process has ended early ({}){}", quoted_name(layer),
                        signal == 0 ? "without its results" : ::strsignal(signal),
                        signal == SIGKILL ? "; where the memory was used up, use fewer " + field_name("jobs") : "")};
}

// Takes tasks from one pipe and sends results to another.
class PipeTasks : public LayerTasks {
  public:
    PipeTasks(int tasks, int results) : tasks_(tasks), results_(results) {}

    std::optional<std::size_t> next() override {
        if (task_.layers == 0 && !read_all(tasks_, &task_, sizeof task_)) {
            return std::nullopt;
        }
        --task_.layers;
        return task_.first++;
    }
    void deliver(std::size_t, std::vector<LayerResult> results) override {
        auto message = nlohmann::ordered_json::array();
        for (const LayerResult& result : results) {
            message.push_back(to_message(result));
        }
        if (!send(results_, {{"results", std::move(message)}})) {
            ::_exit(0);  // nobody listens any more
        }
    }

  private:
    int tasks_;
    int results_;
    Task task_{0, 0};  // what is left of it
};

}  // namespace

WorkerPool::WorkerPool(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run,
                       std::vector<Task> order, std::size_t workers)
    : workload_(workload), machines_(machines), run_(run), order_(std::move(order)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (!stop_.is_open()) {
        throw_system_failure(field_name("jobs") + ": no event between processes", errno);
    }
    workers = std::min(workers, order_.size());
    workers_.reserve(workers);
    while (workers_.size() < workers) {
        start_worker();
    }
}

WorkerPool::~WorkerPool() {
    for (const Worker& worker : workers_) {
        ::close(worker.tasks);
        ::close(worker.results);
        if (worker.process > 0) {
            ::kill(worker.process, SIGKILL);  // an idle worker has nothing to lose, a busy one is given up
            ::waitpid(worker.process, nullptr, 0);
        }
    }
}

void WorkerPool::start_worker() {
    Pipe tasks;
    Pipe results;
    std::fflush(stdout);
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process < 0) {
        throw_system_failure(field_name("jobs") + ": no process can be started, use fewer", errno);
    }
    if (process == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(0);
        }
        expect_memory_to_run_out(nullptr, nullptr);  // the parent tells
        std::signal(SIGINT, SIG_IGN);  // the terminal's Ctrl-C reaches the whole group; the parent decides
        ::close(tasks.ends[1]);
        ::close(results.ends[0]);
        for (const Worker& other : workers_) {
            ::close(other.tasks);
            ::close(other.results);
        }
        work(tasks.ends[0], results.ends[1]);
    }
    ::close(tasks.ends[0]);
    ::close(results.ends[1]);
    workers_.push_back({process, tasks.ends[1], results.ends[0]});
}

void WorkerPool::work(int tasks, int results) {
    try {
        PipeTasks pipe_tasks(tasks, results);
        Simulation simulation(workload_, machines_, run_);
        simulation.run(pipe_tasks);
    } catch (...) {
        const Failure failure = current_failure();
        send(results, {{"failure_of", int(failure.of)}, {"error", failure.text}});
    }
    ::_exit(0);
}

void WorkerPool::hand_out(Worker& worker) {
    worker.busy = next_ < order_.size() && failures_.empty();
    if (!worker.busy) {
        return;
    }
    const Task& task = order_[next_++];
    worker.layer = task.first;
    worker.left = task.layers;
    if (write_whole(worker.tasks, &task, sizeof task) != 0) {
        lose(worker);
    }
}

void WorkerPool::lose(Worker& worker) {
    worker.busy = false;
    failures_[worker.layer] = lost_worker(worker.process, workload_.layers[worker.layer].layer.name);
    worker.process = -1;
}

void WorkerPool::receive(Worker& worker, const Deliver& deliver) {
    worker.busy = false;
    std::uint64_t size = 0;
    std::vector<std::uint8_t> bytes;
    bool whole = read_all(worker.results, &size, sizeof size);
    if (whole) {
        bytes.resize(size);
        whole = read_all(worker.results, bytes.data(), bytes.size());
    }
    if (!whole) {
        lose(worker);
        return;
    }
    const auto message = nlohmann::ordered_json::from_cbor(bytes);
    if (message.contains("error")) {
        failures_[worker.layer] = {Failure::Of(message.at("failure_of").get<int>()), message.at("error")};
        return;
    }
    std::vector<LayerResult> results;
    for (const auto& result : message.at("results")) {
        results.push_back(from_message(result));
    }
    deliver(worker.layer++, std::move(results));
    if (--worker.left > 0) {
        worker.busy = true;
    } else {
        hand_out(worker);
    }
}

void WorkerPool::stop() const {
    ::eventfd_write(stop_.number(), 1);
}

bool WorkerPool::run(const Deliver& deliver) {
    for (Worker& worker : workers_) {
        hand_out(worker);
    }
    while (std::any_of(workers_.begin(), workers_.end(), [](const Worker& worker) { return worker.busy; })) {
        std::vector<pollfd> files;
        for (const Worker& worker : workers_) {
            files.push_back({worker.busy ? worker.results : -1, POLLIN, 0});
        }
        files.push_back({stop_.number(), POLLIN, 0});
        const int ready = ::poll(files.data(), files.size(), -1);
        if (ready > 0 && files.back().revents != 0) {
            return false;
        }
        for (std::size_t n = 0; ready > 0 && n < workers_.size(); ++n) {
            if (files[n].revents != 0) {
                receive(workers_[n], deliver);
            }
        }
    }
    if (!failures_.empty()) {
        throw_failure(failures_.begin()->second);
    }
    return true;
}

std::vector<Task> longest_first(const Workload& workload) {
    std::vector<Task> tasks = tasks_of(workload);
    std::vector<double> work;  // of each layer
    for (const PlannedLayer& planned : workload.layers) {
        const bool known = planned.real == nullptr && planned.given == nullptr;
        work.push_back(double(planned.layer.dense_macs()) *
                       (known ? planned.weight_density * planned.activation_density : 1.0));
    }
    const auto work_of = [&](const Task& task) {
        const auto first = work.begin() + std::ptrdiff_t(task.first);
        return std::accumulate(first, first + std::ptrdiff_t(task.layers), 0.0);
    };
    std::stable_sort(tasks.begin(), tasks.end(), [&](const Task& a, const Task& b) { return work_of(a) > work_of(b); });
    return tasks;
}

}  // namespace nonzero
