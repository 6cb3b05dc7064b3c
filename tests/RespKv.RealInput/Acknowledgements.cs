namespace RespKv.RealInput;

/// <summary>Which records the server said OK to. Any thread.</summary>
internal sealed class Acknowledgements(int records, int threshold)
{
    private readonly bool[] _marked = new bool[records];
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Completes when as many as the threshold are acknowledged.</summary>
    public Task Reached => _reached.Task;

    public bool this[int record] => Volatile.Read(ref _marked[record]);

    public void Mark(int record)
    {
        Volatile.Write(ref _marked[record], true);
        if (Interlocked.Increment(ref _count) == threshold)
        {
            _reached.TrySetResult();
        }
    }
}
