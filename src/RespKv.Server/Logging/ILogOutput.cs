namespace RespKv.Server.Logging;

/// <summary>Where finished lines go. Called by the log's own thread only; does not throw.</summary>
internal interface ILogOutput
{
    void Append(string lines);
}

/// <summary>Standard output.</summary>
internal sealed class ConsoleLogOutput : ILogOutput
{
    private readonly TextWriter _out = Console.Out;

    public void Append(string lines)
    {
        try
        {
            _out.Write(lines);
            _out.Flush();
        }
        catch (IOException)
        {
            // Nobody reads any more, and there is no other place to say so.
        }
    }
}
