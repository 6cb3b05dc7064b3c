using System.Diagnostics;

namespace RespKv.Latency;

/// <summary>One run: a rate, or closed.</summary>
internal static class Run
{
    /// <summary>Threads are all there by the time the first request is due.</summary>
    private const long StartNanos = Clock.NanosPerSecond / 20;

    /// <param name="options">What is run.</param>
    /// <param name="rate">Requests a second; 0 with <see cref="Options.Closed"/>.</param>
    /// <exception cref="IOException">A connection broke.</exception>
    public static RunResult Once(Options options, double rate)
    {
        LoadThread[] threads = Connect(options);
        try
        {
            // Whatever connecting has left behind is not collected while latencies are measured.
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            TimeSpan cpuBefore = process.TotalProcessorTime;
            long start = Clock.Now() + StartNanos;
            long from = start + Clock.Nanos(options.WarmUpSeconds);
            long until = from + Clock.Nanos(options.Seconds);
            Measurement[] measurements = [.. threads.Select(_ => new Measurement(from, until))];
            InParallel(threads.Length, thread =>
            {
                if (options.Closed)
                {
                    threads[thread].RunClosed(measurements[thread]);
                }
                else
                {
                    threads[thread].RunOpen(Share(start, until, rate, thread, threads.Length), measurements[thread]);
                }
            });
            process.Refresh();
            double cpu = (process.TotalProcessorTime - cpuBefore).TotalSeconds / ((Clock.Now() - start) / (double)Clock.NanosPerSecond);
            foreach (Measurement other in measurements.Skip(1))
            {
                measurements[0].Add(other);
            }

            return new RunResult(rate, measurements[0], cpu);
        }
        finally
        {
            foreach (LoadThread thread in threads)
            {
                thread.Dispose();
            }
        }
    }

    private static LoadThread[] Connect(Options options)
    {
        var threads = new List<LoadThread>();
        try
        {
            for (int i = 0; i < options.Threads; i++)
            {
                int connections = (options.Connections / options.Threads) + (i < options.Connections % options.Threads ? 1 : 0);
                threads.Add(new LoadThread(options, connections, seed: i));
            }

            return [.. threads];
        }
        catch
        {
            threads.ForEach(thread => thread.Dispose());
            throw;
        }
    }

    /// <summary>Threads take turns: all of them together keep even distances.</summary>
    private static Schedule Share(long start, long until, double rate, int thread, int threads)
    {
        double interval = Clock.NanosPerSecond / rate;
        long first = start + (long)(interval * thread);
        return new Schedule(first, interval * threads, (long)Math.Ceiling((until - first) / (interval * threads)));
    }

    /// <summary>Runs the loops, the last one on the caller's thread; throws what the first of them to fail threw.</summary>
    private static void InParallel(int count, Action<int> loop)
    {
        Exception? failure = null;
        void Guarded(int number)
        {
            try
            {
                loop(number);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        Thread[] others = [.. Enumerable.Range(0, count - 1).Select(number => new Thread(() => Guarded(number)))];
        Array.ForEach(others, thread => thread.Start());
        Guarded(count - 1);
        Array.ForEach(others, thread => thread.Join());
        if (failure is not null)
        {
            throw new IOException(failure.Message, failure);
        }
    }
}
