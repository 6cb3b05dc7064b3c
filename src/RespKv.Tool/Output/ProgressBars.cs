using Spectre.Console;

namespace RespKv.Tool.Output;

/// <summary>Told how far a piece of work is.</summary>
internal interface IProgressBar
{
    void Report(long done, long total);
}

/// <summary>A bar on a terminal, nothing elsewhere: what is piped is for a script.</summary>
internal static class ProgressBars
{
    private const double Full = 100;

    internal static T Run<T>(ToolContext context, string title, Func<IProgressBar, T> work)
    {
        if (!context.IsTerminal)
        {
            return work(new NoBar());
        }

        return AnsiConsole.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress => work(new Bar(progress.AddTask(Markup.Escape(title), maxValue: Full))));
    }

    private sealed class NoBar : IProgressBar
    {
        public void Report(long done, long total)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgressBar
    {
        public void Report(long done, long total) => task.Value = total <= 0 ? Full : Full * Math.Min(done, total) / total;
    }
}
