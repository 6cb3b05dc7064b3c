namespace RespKv.Latency;

/// <summary>What a run has shown.</summary>
/// <param name="Rate">Requests a second that were due; 0 when they were not due at any.</param>
/// <param name="Measured">What was measured, of all threads together.</param>
/// <param name="Cpu">This program's share of one core.</param>
internal sealed record RunResult(double Rate, Measurement Measured, double Cpu)
{
    /// <summary>Replies a second, from the first measured request to the last reply.</summary>
    public double Achieved => Measured.Answered == 0
        ? 0
        : Measured.Answered / ((Math.Max(Measured.LastReplyAt, Measured.Until) - Measured.From) / (double)Clock.NanosPerSecond);

    public bool AllAnswered => Measured is { Errors: 0, Unanswered: 0, Answered: > 0 };
}
