namespace RespKv.Hosting;

/// <summary>What happens when the engine cannot go on: after a storage failure no reply may leave any more (D3), so clients are not drained.</summary>
internal interface IProcessExit
{
    /// <param name="code">One of <see cref="ExitCodes"/>.</param>
    void Now(int code);
}
